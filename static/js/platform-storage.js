// The platform's storage (1EdTech lti-pm-s 0.1), spoken to its one true origin only:
// a page in between must neither read our state nor answer for the platform.

function frameOf(target) {
  const base = window.opener ?? window.parent;
  if (target === "_parent") return base;
  try {
    return base.frames[target] ?? base;
  } catch {
    return base;
  }
}

function ask({ target, origin }, message, patience) {
  const frame = frameOf(target);
  const messageId = crypto.randomUUID();
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(null), patience);
    function finish(answer) {
      clearTimeout(timer);
      window.removeEventListener("message", listen);
      resolve(answer);
    }
    function listen({ data, origin: from, source }) {
      const isTheirs = from === origin && source === frame;
      const isOurs = data?.message_id === messageId;
      const isAnswer = data?.subject === `${message.subject}.response`;
      if (isTheirs && isOurs && isAnswer) finish(data.error ? null : data);
    }
    window.addEventListener("message", listen);
    try {
      frame.postMessage({ ...message, message_id: messageId }, origin);
    } catch {
      finish(null);
    }
  });
}

/** Ask the platform to keep a value; null forgets it. Resolves to whether it did. */
export async function put(where, key, value, patience) {
  const message = { subject: "lti.put_data", key, value };
  const answer = await ask(where, message, patience);
  return answer !== null && answer.value === value;
}

/** Ask the platform for a value; null when it has none or does not answer. */
export async function get(where, key, patience) {
  const answer = await ask(where, { subject: "lti.get_data", key }, patience);
  return typeof answer?.value === "string" ? answer.value : null;
}
