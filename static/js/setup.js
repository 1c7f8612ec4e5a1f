// Copies a value; where the browser does not let us, it is marked to be copied by hand.

const NOTE_STAYS = 2000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say(button, "Copied");
  } catch {
    say(button, "Press Ctrl+C");
  }
});

function say(button, words) {
  button.textContent = words;
  document.getElementById("copied").textContent = `${button.getAttribute("aria-label")}: ${words}`;
  setTimeout(() => (button.textContent = "Copy"), NOTE_STAYS);
}
