// Finds a way in which this browser can prove, after the launch, that it began the
// login; then follows the link. Without one, a new window is the way out, and here is
// the last place for it: a platform's hint is good for one launch alone.

import { keep } from "./own-storage.js";

const WAIT_IF_NEEDED = 2000;
const WAIT_IF_SPARE = 500;

const proofs = JSON.parse(document.getElementById("login-proofs").textContent);
const link = document.getElementById("continue");

function isCookieKept() {
  return document.cookie.split("; ").includes(`${proofs.cookie}=1`);
}

async function isKeptByPlatform(patience) {
  if (!proofs.target) return false;
  const { put } = await import("./platform-storage.js");
  return put(proofs, proofs.key, proofs.state, patience);
}

async function prove() {
  const here = [isCookieKept(), keep(proofs.key, proofs.state)].includes(true);
  const there = await isKeptByPlatform(here ? WAIT_IF_SPARE : WAIT_IF_NEEDED);
  return here || there;
}

function showTheWindow() {
  const blocked = document.getElementById("blocked");
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = blocked.dataset.style;
  style.onload = style.onerror = () => (blocked.hidden = false);
  document.head.append(style);
  document.getElementById("opening").hidden = true;
}

if (await prove()) {
  window.location.replace(link.href);
} else {
  showTheWindow();
}
