// The desk's keys. A page says what a key does: it presses the element with that data-key. While a panel is open its
// keys come first, so that `r` and then a letter rejects. Everything works without this file, by pointing.
"use strict";

const shown = (element) => element && element.getClientRects().length > 0;
const typing = (target) => target.closest("input:not([type=hidden]), textarea, select");

function find(key) {
  const quoted = `[data-key="${CSS.escape(key)}"]`;
  const panel = document.querySelector("details[data-panel][open]");
  const inside = panel && panel.querySelector(`.panel ${quoted}`);
  if (inside) return inside;
  return [...document.querySelectorAll(quoted)].find(shown);
}

// On a list, j and k walk over the cards.
function walk(step) {
  const cards = [...document.querySelectorAll(".queue .card")];
  if (!cards.length) return false;
  const at = cards.indexOf(document.activeElement);
  const next = cards[at < 0 ? (step > 0 ? 0 : cards.length - 1) : Math.min(Math.max(at + step, 0), cards.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details[data-panel][open]").forEach((panel) => { panel.open = false; });
    if (typing(event.target)) event.target.blur();
    return;
  }
  if (typing(event.target) || event.repeat && !"jk".includes(event.key)) return;
  const step = { j: 1, k: -1 }[event.key];
  const field = document.querySelector(`[data-focus="${CSS.escape(event.key)}"]`);
  const element = find(event.key);
  if (step && !document.querySelector("details[data-panel][open]") && walk(step)) event.preventDefault();
  else if (field) { event.preventDefault(); field.focus(); field.select(); }
  else if (element) { event.preventDefault(); element.click(); }
});

// A press elsewhere closes the panel.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-panel][open]").forEach((panel) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
});

// A form is sent once: a second press waits for the answer to the first.
let waiting = false;
document.addEventListener("htmx:beforeRequest", (event) => {
  const writes = event.detail.requestConfig.verb === "post";
  if (writes && waiting) event.preventDefault();
  waiting = waiting || writes;
});
document.addEventListener("htmx:afterRequest", () => { waiting = false; });

// After a new page has come: a reader's focus starts at its content, and trouble is over.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target === document.body) document.getElementById("main").focus({ preventScroll: true });
});
for (const trouble of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(trouble, () => { document.getElementById("trouble").hidden = false; });
}

// The time zone in which moments are shown to who has chosen none.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`zone=${zone}`)) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `zone=${zone}; path=${document.body.dataset.root || "/"}; max-age=31536000; samesite=lax${secure}`;
}
