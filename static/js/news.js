// A panel that waits for news looks for it by itself, and ever less often.

import { announce, refresh } from "./router.js";

const LONGEST_PAUSE = 60_000;
const SLOWER = 1.5;

const panel = document.getElementById("panel");
let timer = null;
let pause = 0;
let touched = false;

function plan() {
  clearTimeout(timer);
  const first = waitingFor();
  pause = first && (pause ? Math.min(pause * SLOWER, LONGEST_PAUSE) : first);
  if (pause) timer = setTimeout(look, pause);
}

/** How many milliseconds the panel wants to wait for its news; none, if it has it all. */
function waitingFor() {
  return Number(panel.querySelector("[data-later]")?.dataset.later ?? 0);
}

async function look() {
  // Nobody's half-filled form or place in the page is taken away.
  const isFree = document.visibilityState === "visible" && !touched && isAtRest();
  // What fails here fails again, and is told, when somebody does something.
  if (!(isFree && (await refresh().catch(() => false)))) plan();
  else if (!waitingFor()) announce(whyNot() || "The news has arrived.");
}

/** What the panel says where the news it waited for did not come, or not all of it. */
function whyNot() {
  const said = [...panel.querySelectorAll("[data-no-news]")].map((part) => part.textContent);
  return said.join(" ").replace(/\s+/g, " ").trim();
}

function isAtRest() {
  return document.activeElement.matches("body, h1, #panel, button[id]");
}

panel.addEventListener("input", () => (touched = true));

new MutationObserver(() => {
  touched = false;
  plan();
}).observe(panel, { childList: true });

plan();
