// The tool says when it is done; then the list of tools shows it.
const frame = document.getElementById("tool");

addEventListener("message", (event) => {
  const isDone = event.data?.subject === "org.imsglobal.lti.close";
  if (isDone && event.source === frame.contentWindow) {
    location.assign(document.body.dataset.tools);
  }
});
