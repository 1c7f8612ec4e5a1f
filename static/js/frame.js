// Where the platform offers it, the frame grows with the page: no second scroll bar.
// https://canvas.instructure.com/doc/api/file.lti_window_post_message.html

const page = document.querySelector(".shell");
const { frameOrigin } = document.body.dataset;
const MARGIN = 24;

if (frameOrigin && window.parent !== window) {
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(page.getBoundingClientRect().height) + MARGIN;
    if (height === told) return;
    told = height;
    window.parent.postMessage({ subject: "lti.frameResize", height }, frameOrigin);
  }).observe(page);
}
