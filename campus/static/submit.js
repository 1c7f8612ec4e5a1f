// Posts the forms that need no click.
for (const form of document.querySelectorAll("form[data-submit]")) {
  form.submit();
}
