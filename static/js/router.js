// One shell, many panels: `#/badges/author` shows what `/panel/badges/author` answers.

import { request, SessionOver } from "./session.js";

const main = document.getElementById("panel");
const tabs = document.getElementById("tabs");
const announcer = document.getElementById("announcer");
const home = main.dataset.route;
let underway = null;
let shown = null;

/** A panel that nobody gets by asking again. */
class Refused extends Error {}

/** The route in the address, or the panel this launch began with. */
export function route() {
  return location.hash.startsWith("#/") ? location.hash.slice(2) : home;
}

/** Say something to those who do not see the page change. */
export function announce(words) {
  announcer.textContent = "";
  // A region that was emptied first is read out even when the words are the same.
  requestAnimationFrame(() => (announcer.textContent = words));
}

/** Fetch the panel anew and stay where one was, after something was changed. */
export async function reload() {
  const here = document.activeElement?.id;
  if (await show(route())) focusOn(here);
}

function focusOn(id) {
  ((id && document.getElementById(id)) || heading())?.focus();
}

/** Fetch the panel anew behind a reader's back; true if it says something else now. */
export async function refresh() {
  const [path, before] = [route(), shown];
  const response = await request(addressOf(path), { headers: { Accept: "text/html" } });
  const html = await response.text();
  const isOvertaken =
    route() !== path || shown !== before || main.getAttribute("aria-busy") === "true";
  if (!response.ok || isOvertaken || html === shown) return false;
  const reader = document.activeElement;
  const isInside = main.contains(reader);
  place(html);
  if (isInside) focusOn(reader.id);
  return true;
}

async function arrive() {
  if (await show(route())) {
    window.scrollTo(0, 0);
    heading()?.focus();
    announce(document.title);
  }
}

/** Show a panel; false when a later one overtook it. */
async function show(path) {
  underway?.abort();
  const mine = (underway = new AbortController());
  main.setAttribute("aria-busy", "true");
  try {
    const response = await request(addressOf(path), {
      headers: { Accept: "text/html" },
      signal: mine.signal,
    });
    const html = await response.text();
    if (!response.ok) throw failureOf(response.status);
    place(html);
  } catch (error) {
    if (error.name === "AbortError") return false;
    if (error instanceof SessionOver) placeTemplate("panel-over");
    else placeFailure(error);
  }
  main.setAttribute("aria-busy", "false");
  return true;
}

function addressOf(path) {
  const address = new URL(`/panel/${path}`, location.origin);
  return address.pathname.startsWith("/panel/") ? address : "/panel/overview";
}

function failureOf(status) {
  if (status === 403) return new Refused("This page is for the teachers of the course.");
  if (status === 404) return new Refused("There is nothing at this address any more.");
  return new Error("Something went wrong on our side. Nothing is lost.");
}

function place(html) {
  shown = html;
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const newTabs = parsed.content.querySelector("template[data-tabs]");
  if (newTabs) {
    tabs.replaceChildren(newTabs.content);
    tabs.hidden = !tabs.querySelector("a");
    newTabs.remove();
  }
  main.replaceChildren(parsed.content);
  const title = main.querySelector("[data-title]")?.dataset.title;
  if (title) document.title = `${title} · Laurel`;
}

function placeTemplate(id) {
  main.replaceChildren(document.getElementById(id).content.cloneNode(true));
  document.title = `${heading().textContent} · Laurel`;
}

function placeFailure(error) {
  placeTemplate("panel-failed");
  const [retry, back] = [main.querySelector("[data-retry]"), main.querySelector("[data-home]")];
  main.querySelector("[data-reason]").textContent = error instanceof TypeError
    ? "There is no connection at the moment. Nothing is lost."
    : error.message;
  retry.addEventListener("click", arrive);
  // What is not there, or not for this person, is not there the next time either.
  if (error instanceof Refused) [retry.hidden, back.hidden] = [true, false];
}

function heading() {
  return main.querySelector("h1");
}

/** The launch is over: say what to do. */
export function close() {
  underway?.abort();
  placeTemplate("panel-over");
  main.setAttribute("aria-busy", "false");
  heading().focus();
  announce(document.title);
}

window.addEventListener("hashchange", () => {
  // `#panel` is the skip link's, not a route.
  if (location.hash === "" || location.hash.startsWith("#/")) arrive();
});

// Links work before scripts do: somebody may have followed one already.
if (location.hash.startsWith("#/")) arrive();
