// The desk's keys. A page says what a key does: it presses the element with that data-key. While a panel is open its
// keys come first, so that `r` and then a letter rejects. Everything works without this file, by pointing.
"use strict";

const shown = (element) => element.checkVisibility();  // what a closed panel holds has a place, but is not shown
const typing = (target) => target.closest("input:not([type=hidden], [type=checkbox]), textarea, select");
const openPanel = () => document.querySelector("details[data-panel][open]");
const cards = () => [...document.querySelectorAll(".queue .card")];
const picks = () => [...document.querySelectorAll(".queue .pick input")];

function find(key) {
  const quoted = `[data-key="${CSS.escape(key)}"]`;
  const panel = openPanel();
  const inside = panel && panel.querySelector(`.panel ${quoted}`);
  if (inside) return inside;
  return [...document.querySelectorAll(quoted)].find(shown);
}

// On a list, j and k walk over the cards, and x selects the one that has the focus.
function walk(step) {
  const all = cards();
  if (!all.length) return false;
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function pick(only) {
  const li = document.activeElement && document.activeElement.closest(".queue li");
  const box = li && li.querySelector(".pick input");
  if (!box) return false;
  box.checked = only || !box.checked;
  tally();
  return true;
}

// Where the focus goes in the list that comes next: its place, or the story one comes from.
let place = null;
function land() {
  const all = cards();
  const from = all.findIndex((card) => came && card.pathname.endsWith(`/${came}`));
  const at = place !== null ? Math.min(place, all.length - 1) : from;
  if (at >= 0 && all[at]) all[at].focus();
  place = null;
}

let came = null;
const here = () => (location.pathname.match(/\/cluster\/(\w+)/) || [])[1] || null;

// How many are selected; what is done to them is shown while there are any.
function tally() {
  const bar = document.querySelector(".bulk");
  if (!bar) return;
  const chosen = picks().filter((box) => box.checked).length;
  bar.classList.toggle("chosen", chosen > 0);
  bar.querySelector("[data-picked]").textContent = chosen ? `${chosen} selected` : "";
}

function legend() {
  const keys = document.getElementById("keys");
  if (!keys) return false;
  if (keys.open) keys.close(); else keys.showModal();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details[data-panel][open]").forEach((panel) => { panel.open = false; });
    if (typing(event.target)) { event.preventDefault(); event.target.blur(); }
    return;
  }
  if (event.key === "Enter" && event.target.matches("[type=search]")) place = 0;
  if (typing(event.target) || event.repeat && !"jk".includes(event.key)) return;
  if (event.key === "?" && legend()) { event.preventDefault(); return; }
  if (document.querySelector("dialog[open]")) return;
  const step = { j: 1, k: -1 }[event.key];
  const field = document.querySelector(`[data-focus="${CSS.escape(event.key)}"]`);
  const onList = !openPanel() && document.querySelector(".bulk");
  if (onList && "ahr".includes(event.key) && !picks().some((box) => box.checked) && !pick(true)) { walk(1); return; }
  const element = find(event.key);
  if (step && !openPanel() && walk(step)) event.preventDefault();
  else if (onList && event.key === "x" && pick(false)) event.preventDefault();
  else if (field) { event.preventDefault(); field.focus(); field.select(); }
  else if (element) {
    event.preventDefault();
    element.click();
    const panel = element.matches("summary") && element.parentElement;
    const input = panel && panel.open && panel.querySelector("input:not([type=hidden])");
    if (input) input.focus();
  }
});

document.addEventListener("change", (event) => { if (event.target.closest(".pick")) tally(); });

// A press elsewhere closes the panel.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-panel][open]").forEach((panel) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
});

// Words that are marked in a telling fill the form that says where it begins and ends.
const WORDS = 8;
document.addEventListener("mouseup", () => {
  const marked = document.getSelection();
  if (!marked.rangeCount || marked.isCollapsed) return;
  const range = marked.getRangeAt(0);
  const inside = range.commonAncestorContainer;
  const text = (inside.closest ? inside : inside.parentElement).closest(".telling .text");
  const form = text && text.closest(".words").querySelector("form[data-span]");
  const said = form && form.parentElement.open ? wholeWords(text, range) : [];
  if (said.length < 2) return;
  form.elements.first.value = said.slice(0, WORDS).join(" ");
  form.elements.last.value = said.slice(-WORDS).join(" ");
});

// The words that a range touches, those that it begins or ends within as well.
function wholeWords(text, range) {
  const whole = text.textContent;
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  let start = before.toString().length;
  let end = start + range.toString().length;
  while (start > 0 && /\S/.test(whole[start - 1]) && /\S/.test(whole[start])) start -= 1;
  while (end < whole.length && /\S/.test(whole[end]) && /\S/.test(whole[end - 1])) end += 1;
  return whole.slice(start, end).trim().split(/\s+/);
}

// A form is sent once: a second press waits for the answer to the first.
let waiting = false;
document.addEventListener("htmx:beforeRequest", (event) => {
  const writes = event.detail.requestConfig.verb === "post";
  if (writes && waiting) event.preventDefault();
  waiting = waiting || writes;
  const form = event.detail.elt;
  came = here();
  section = form.closest && form.closest(".readers") ? "readers" : null;
  if (form.id === "bulk") place = picks().findIndex((box) => box.checked);
});
let section = null;

// A mistake does not take the list away.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "found" && event.detail.xhr.status >= 400) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterRequest", () => { waiting = false; });

// After a new page has come: a reader's focus starts at its content, and trouble is over.
document.addEventListener("htmx:afterSettle", (event) => {
  document.querySelectorAll("[data-hint]").forEach((hint) => { hint.hidden = false; });
  tally();
  legendButton();
  if (event.target !== document.body) { if (place !== null) land(); return; }
  document.getElementById("main").focus({ preventScroll: true });
  const back = section && document.getElementById(section);
  section = null;
  if (back) back.scrollIntoView();
  else if (cards().length && (place !== null || came)) land();
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
// What is only of use with this file is shown by it.
function legendButton() {
  const button = document.querySelector("[data-legend]");
  if (button) { button.hidden = false; button.onclick = legend; }
}
legendButton();
document.querySelectorAll("[data-hint]").forEach((hint) => { hint.hidden = false; });
