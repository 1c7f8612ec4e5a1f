// A badge that is new is celebrated where it is first seen, once in a launch.

const hall = document.getElementById("panel");
const celebrated = new Set();

function celebrate() {
  const won = hall.querySelector("[data-won]");
  const fresh = won?.dataset.won.split(" ").filter((key) => !celebrated.has(key)) ?? [];
  if (fresh.length) won.classList.add("celebrates");
  fresh.forEach((key) => celebrated.add(key));
}

new MutationObserver(celebrate).observe(hall, { childList: true });

celebrate();
