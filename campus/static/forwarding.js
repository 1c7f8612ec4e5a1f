// The frame of the authorization server's own origin that keeps data for tools.
import { STORAGE_SUBJECTS, answerStorage, failure, reply } from "./storage.js";

const tools = document.body.dataset.toolOrigins.split(" ");

addEventListener("message", (event) => {
  if (!tools.includes(event.origin) || typeof event.data?.subject !== "string") {
    return;
  }
  if (STORAGE_SUBJECTS.includes(event.data.subject)) {
    reply(event, answerStorage(event));
  } else {
    reply(event, failure("unsupported_subject", "Unsupported subject"));
  }
});
