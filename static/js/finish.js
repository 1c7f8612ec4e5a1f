// Shows the server the state this browser put away at the login: from its own storage,
// or from the platform's. What cannot be shown stays closed.

import { take } from "./own-storage.js";
import { get, put } from "./platform-storage.js";

const PATIENCE = 2000;

const proofs = JSON.parse(document.getElementById("finish-proofs").textContent);

async function takeFromPlatform() {
  if (!proofs.target) return null;
  const value = await get(proofs, proofs.key, PATIENCE);
  if (value !== null) put(proofs, proofs.key, null, PATIENCE);
  return value;
}

const proof = take(proofs.key) ?? (await takeFromPlatform());

if (proof === null) {
  document.getElementById("again").hidden = false;
} else {
  const form = document.getElementById("finish");
  form.elements.pending.value = proofs.pending;
  form.elements.proof.value = proof;
  form.submit();
}
