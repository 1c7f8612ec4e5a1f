// Ends a registration: the platform around us closes the frame or window it opened
// (LTI Dynamic Registration 1.0, 3.7). A person says when, for there is more to read.

const platform = window.opener ?? (window.parent === window ? null : window.parent);

document.getElementById("close").addEventListener("click", () => {
  platform?.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  document.getElementById("stays").textContent = platform
    ? "If this page stays, close it yourself."
    : "You can close this page now.";
});
