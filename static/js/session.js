// The one token of this launch: kept in memory, sent as a bearer, never stored.

const RENEW_EVERY = 20 * 60 * 1000;

const { token } = JSON.parse(document.getElementById("laurel-session").textContent);

/** The launch is over: only the course can open a new one. */
export class SessionOver extends Error {}

/**
 * Ask our server something as the person of this launch.
 * Throws SessionOver when the launch is over, TypeError when nobody answers.
 */
export async function request(path, { headers = {}, ...options } = {}) {
  const response = await fetch(path, {
    ...options,
    headers: { ...headers, Authorization: `Bearer ${token}` },
    credentials: "omit",
    cache: "no-store",
  });
  if (response.status === 401) throw new SessionOver();
  return response;
}

/** Send what a form says as JSON. */
export function send(method, path, content) {
  return request(path, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(content),
  });
}

let renewedAt = Date.now();

async function renewIfDue() {
  if (document.visibilityState !== "visible" || Date.now() - renewedAt < RENEW_EVERY) return;
  renewedAt = Date.now();
  await send("POST", "/api/session", {});
}

// Whoever looks at the page keeps it open. A page left alone runs out, and the next
// thing done on it says so: a renewal that fails has nothing to add.
const renew = () => renewIfDue().catch(() => {});
setInterval(renew, RENEW_EVERY / 10);
document.addEventListener("visibilitychange", renew);
