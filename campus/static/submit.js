// Forms that need no click. All frames are loaded first, so that whoever the
// submitted page talks to is listening.
addEventListener("load", () => {
  for (const form of document.querySelectorAll("form[data-submit]")) {
    form.submit();
  }
});

for (const select of document.querySelectorAll("[data-submit-on-change]")) {
  select.addEventListener("change", () => select.form.submit());
}
