// Choosing links for a course: what learners will see of each, and what it is called.

import "./address.js";
import "./frame.js";
import { finish, OVER, say } from "./linking.js";
import { request, SessionOver } from "./session.js";

const choices = document.getElementById("choices");
const chosen = document.getElementById("chosen");
const row = document.getElementById("chosen-row");
const shownIn = document.getElementById("preview");
const previewAddress = document.querySelector("[data-address]").dataset.address;
const rows = new Map();
const NO_PREVIEW = "There is no preview at the moment. You can add this all the same.";

let looking = null;
let lookedAt = "";

/** Show what learners will see of a choice; a later one overtakes it. */
async function preview({ panel, badge }) {
  const question = new URLSearchParams({ panel, badge }).toString();
  if (question === lookedAt) return;
  lookedAt = question;
  looking?.abort();
  const mine = (looking = new AbortController());
  shownIn.setAttribute("aria-busy", "true");
  try {
    const response = await request(`${previewAddress}?${question}`, { signal: mine.signal });
    if (!response.ok) throw new TypeError("No preview");
    shownIn.innerHTML = await response.text();
  } catch (error) {
    if (error.name === "AbortError") return;
    lookedAt = "";
    shownIn.textContent = error instanceof SessionOver ? OVER : NO_PREVIEW;
  }
  shownIn.setAttribute("aria-busy", "false");
}

function look(element) {
  const input = element.closest(".pick")?.querySelector("input");
  if (input) preview(input.dataset);
}

/** Keep a row for each choice, in the order in which they were made. */
function follow() {
  for (const input of choices.elements.pick) {
    if (input.checked && !rows.has(input)) rows.set(input, rowFor(input));
    if (!input.checked) {
      rows.get(input)?.remove();
      rows.delete(input);
    }
  }
  chosen.hidden = rows.size === 0;
  const button = document.getElementById("add");
  button.textContent = rows.size > 1 ? `Add ${rows.size} links to the course` : "Add to the course";
  say(choices, "");
}

let counted = 0;

function rowFor(input) {
  const made = row.content.cloneNode(true).firstElementChild;
  counted += 1;
  for (const label of made.querySelectorAll("[data-for]")) {
    const field = made.querySelector(`[data-part="${label.dataset.for}"]`);
    field.id = `${label.dataset.for}-${counted}`;
    label.htmlFor = field.id;
  }
  partOf(made, "title").value = input.dataset.title;
  const column = partOf(made, "column");
  column?.addEventListener("change", () => {
    partOf(made, "column-fields").hidden = !column.checked;
  });
  chosen.querySelector("ol").append(made);
  return made;
}

function partOf(made, part) {
  return made.querySelector(`[data-part="${part}"]`);
}

function itemOf([input, made]) {
  const { panel, badge } = input.dataset;
  const item = { panel, title: partOf(made, "title").value.trim() };
  if (badge) item.badge = badge;
  if (partOf(made, "column")?.checked) {
    item.line_item = {
      label: partOf(made, "label").value.trim(),
      score_maximum: Number(partOf(made, "maximum").value),
    };
  }
  return item;
}

/** Point at the first field that is not filled in as it must be. */
function isComplete() {
  if (rows.size === 0) {
    say(choices, "Choose something first, or cancel.");
    choices.elements.pick[0].focus();
    return false;
  }
  const fields = [...chosen.querySelectorAll("input.input")];
  const open = fields.filter((field) => !field.closest("[hidden]"));
  const wrong = open.find((field) => !field.value.trim() || !field.checkValidity());
  if (!wrong) return true;
  const isNumber = wrong.type === "number";
  const fault = isNumber ? `Points are a whole number from 1 to ${wrong.max}.` : "Please give it a name.";
  say(choices, fault);
  wrong.focus();
  return false;
}

choices.addEventListener("change", (event) => {
  if (event.target.name === "pick") follow();
});
choices.addEventListener("focusin", ({ target }) => look(target));
choices.addEventListener("pointermove", ({ target, movementX, movementY }) => {
  // A page that scrolls under a resting pointer is nobody's wish to see something else.
  if (movementX || movementY) look(target);
});
choices.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isComplete()) finish(choices, [...rows].map(itemOf));
});
document.getElementById("cancel").addEventListener("click", () => finish(choices, []));
document.getElementById("own-window").hidden = window.parent !== window;
// A browser may bring back what was ticked before: then there is a row for it.
follow();
