// Our own storage, which browsers may forbid in a frame by throwing.

const MOST = 20;

/** Put a value away; returns whether it can be read back. */
export function keep(key, value) {
  try {
    // What earlier launches did not need is still there.
    const old = Object.keys(localStorage).filter((name) => name.startsWith("lti_state_"));
    if (old.length >= MOST) old.forEach((name) => localStorage.removeItem(name));
    localStorage.setItem(key, value);
    return localStorage.getItem(key) === value;
  } catch {
    return false;
  }
}

/** Take a value out, once; null when there is none. */
export function take(key) {
  try {
    const value = localStorage.getItem(key);
    localStorage.removeItem(key);
    return value;
  } catch {
    return null;
  }
}
