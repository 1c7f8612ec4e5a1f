// Platform storage: keys and values for a tool, apart for each origin it comes from.
const MOST_KEYS = 500;
const MOST_CHARACTERS = 4096;
const stores = new Map();

export const STORAGE_SUBJECTS = ["lti.get_data", "lti.put_data"];

export function answerStorage({ origin, data }) {
  if (typeof data.key !== "string" || data.key === "") {
    return failure("bad_request", "Missing key");
  }
  const store = stores.get(origin) ?? new Map();
  stores.set(origin, store);
  return data.subject === "lti.get_data" ? read(store, data) : write(store, data);
}

export function reply(event, members) {
  event.source.postMessage(
    {
      subject: `${event.data.subject}.response`,
      message_id: event.data.message_id,
      ...members,
    },
    event.origin,
  );
}

export function failure(code, message) {
  return { error: { code, message } };
}

function read(store, { key }) {
  return { key, value: store.get(key) ?? null };
}

function write(store, { key, value }) {
  if (value === null || value === undefined) {
    store.delete(key);
    return { key, value: null };
  }
  const text = String(value);
  const others = [...store].filter(([name]) => name !== key);
  if (others.length >= MOST_KEYS) {
    return failure("storage_exhaustion", "Reached key limit for tool");
  }
  const size = others.flat().join("").length + key.length + text.length;
  if (size > MOST_CHARACTERS) {
    return failure("storage_exhaustion", "Reached byte limit for tool");
  }
  store.set(key, text);
  return { key, value: text };
}
