// A launch is good for once. A reload and a step back ask for this page instead, which
// says what to do; the browser would ask to send the launch again, or show nothing.

history.replaceState(null, "", document.body.dataset.again + location.hash);
