// What the course page answers the tool in its frame.
import { STORAGE_SUBJECTS, answerStorage, failure, reply } from "./storage.js";

const LOWEST = 450;
const { toolOrigin, storageTarget } = document.body.dataset;
const frame = document.getElementById("tool");

const answers = {
  "lti.capabilities": (event) => reply(event, { supported_messages: supported() }),
  "lti.fetchWindowSize": (event) => reply(event, windowSize()),
  "lti.frameResize": ({ data }) => resize(Number(data.height)),
  "lti.get_data": (event) => reply(event, answerStorage(event)),
  "lti.put_data": (event) => reply(event, answerStorage(event)),
};

addEventListener("message", (event) => {
  const fromTool = event.source === frame?.contentWindow && event.origin === toolOrigin;
  if (!fromTool || typeof event.data?.subject !== "string") {
    return;
  }
  if (Object.hasOwn(answers, event.data.subject)) {
    answers[event.data.subject](event);
  } else {
    reply(event, failure("unsupported_subject", "Unsupported subject"));
  }
});

function supported() {
  const inFrame = storageTarget && storageTarget !== "_parent";
  const stored = STORAGE_SUBJECTS.map((subject) =>
    inFrame ? { subject, frame: storageTarget } : { subject },
  );
  const plain = ["lti.capabilities", "lti.fetchWindowSize", "lti.frameResize"];
  return [...plain.map((subject) => ({ subject })), ...(storageTarget ? stored : [])];
}

function resize(height) {
  if (height > 0) {
    frame.classList.add("resized");
    frame.style.height = `${Math.max(height, LOWEST)}px`;
  }
}

function windowSize() {
  const { top, left } = frame.getBoundingClientRect();
  return {
    height: innerHeight,
    width: innerWidth,
    footer: 0,
    offset: { top, left },
    scrollY,
  };
}
