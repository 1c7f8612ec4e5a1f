// The answer to the learning platform: our server signs it, and this page posts it to
// the only place its forms may go.

import { send, SessionOver } from "./session.js";

export const OVER = "This page has been open for a long time. Close it, and open it again from your course.";

/** Send what was picked, nothing or more; what goes wrong is said in the form. */
export async function finish(form, items) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    const response = await send("POST", form.action, { items });
    const said = await response.json();
    if (!response.ok) throw new Error(said.detail ?? "That did not work. Try again.");
    goBack(said);
  } catch (error) {
    if (error instanceof SessionOver) say(form, OVER);
    else if (error instanceof TypeError) say(form, "There is no connection. Try again.");
    else say(form, error.message);
    form.setAttribute("aria-busy", "false");
  }
}

export function say(form, words) {
  form.querySelector("[role=alert]").textContent = words;
}

function goBack({ return_url: address, jwt }) {
  document.getElementById("announcer").textContent = "Going back to your course.";
  const form = document.getElementById("deep-link");
  form.action = address;
  form.elements.JWT.value = jwt;
  form.submit();
}
