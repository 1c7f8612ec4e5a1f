// Forms speak JSON to the API; a form that only asks becomes a route. Their method is
// `dialog`: pressed before this script is there, a button sends nothing anywhere, and
// what was filled in stays.

import { close, reload } from "./router.js";
import { send, SessionOver } from "./session.js";

const NOTE_STAYS = 6000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.json) {
    event.preventDefault();
    submit(form, event.submitter);
  } else if (form.dataset.route) {
    event.preventDefault();
    location.hash = `#/${form.dataset.route}?${questionOf(form)}`;
  }
});

async function submit(form, button) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const alert = form.querySelector("[role=alert]");
  alert.textContent = "";
  form.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  try {
    const response = await send(form.dataset.json, form.action, contentOf(form));
    if (!response.ok) throw new Error(await reasonIn(response, form));
    note(button?.dataset.done ?? "Saved");
    await reload();
  } catch (error) {
    if (error instanceof SessionOver) close();
    else if (error instanceof TypeError) alert.textContent = "There is no connection. Try again.";
    else alert.textContent = error.message;
  }
  form.setAttribute("aria-busy", "false");
}

async function reasonIn(response, form) {
  const problem = await response.json().catch(() => ({}));
  const fault = [...form.elements].find(
    ({ name, dataset }) => dataset.refused && problem.detail?.startsWith(`${name}: `),
  );
  fault?.setAttribute("aria-invalid", "true");
  fault?.focus();
  return fault?.dataset.refused ?? problem.detail ?? problem.title ?? "That did not work. Try again.";
}

/** What a form says; `board.span.top` is a place in an object. */
function contentOf(form) {
  const content = {};
  for (const [name, text] of new FormData(form)) {
    const path = name.split(".");
    const last = path.pop();
    const place = path.reduce((into, key) => (into[key] ??= {}), content);
    place[last] = valueOf(form.querySelector(`[name="${CSS.escape(name)}"]`), text);
  }
  return content;
}

function valueOf(field, text) {
  if (field.dataset.kind === "boolean") return text === "true";
  if (field.dataset.kind === "number") return Number(text);
  if (field.dataset.kind === "list") return [text];
  return text;
}

function questionOf(form) {
  const asked = [...new FormData(form)].filter(([, text]) => text.trim());
  return new URLSearchParams(asked).toString();
}

function note(words) {
  const note = document.createElement("p");
  note.className = "toast-note";
  note.textContent = words;
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), NOTE_STAYS);
}
