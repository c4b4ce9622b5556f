// Keeps the day's list fresh: asks every few seconds whether it changed, and replaces only the rows that did. What has
// focus, what is open and how far the page is scrolled stay as they are. The page works without this.
const EVERY = 8000;
const list = document.querySelector("#day-list");
const shown = document.querySelector("#day-live");
const said = document.querySelector("#day-said");
let tag = list.dataset.tag;
let last = shown.textContent.replace(shown.dataset.live, "").trim();
let stopped = false;
let timer;

function time() {
  const now = new Date();
  const minutes = now.getMinutes();
  if (now.getHours() === 12 && !minutes) return "midday";
  return `${now.getHours() % 12 || 12}${minutes ? `:${String(minutes).padStart(2, "0")}` : ""}${now.getHours() < 12 ? "am" : "pm"}`;
}

function say(words, aloud) {
  const text = `${words} ${last}`;
  if (shown.textContent !== text) shown.textContent = text;
  if (aloud && said.textContent !== text) said.textContent = text;
}

// What is shown of a row now: what is open in it counts for nothing.
function looks(node) {
  const copy = node.cloneNode(true);
  for (const open of copy.querySelectorAll("details[open]")) open.removeAttribute("open");
  return copy.outerHTML;
}

// Where the same control is again after its row was replaced or has moved.
function control(row, old) {
  const same = [...row.querySelectorAll("a, button, summary")];
  return same.find((each) => each.name === old.name && each.value === old.value && each.href === old.href) ?? same[0];
}

function sectionOf(row) {
  return row?.closest("section")?.id;
}

function morph(from, to) {
  const known = new Map([...from.querySelectorAll("[id]")].map((each) => [each.id, each]));
  const focused = from.contains(document.activeElement) ? document.activeElement : null;
  const rowOfFocus = focused?.closest("[id]")?.id;
  const open = new Set([...from.querySelectorAll("details[open]")].map((each) => each.closest("[id]")?.id));
  // The rows on the screen and below it: the one with focus is kept where it was, if it is on the screen and stays in its
  // section, or else the first that stays.
  const rows = [...from.querySelectorAll(".app-row")].filter((each) => each.getBoundingClientRect().bottom > 0);
  const atWork = rows.find((each) => each.contains(focused) && each.getBoundingClientRect().top < innerHeight);
  if (atWork) rows.unshift(atWork);
  const places = rows.map((each) => ({ id: each.id, section: sectionOf(each), top: each.getBoundingClientRect().top }));

  merge(from, to, known);

  for (const id of open) {
    const row = id && document.getElementById(id);
    for (const each of row ? row.querySelectorAll("details") : []) each.open = true;
  }
  if (focused && document.activeElement !== focused && rowOfFocus) {
    const row = document.getElementById(rowOfFocus);
    const again = row && (row.contains(focused) ? focused : control(row, focused));
    again?.focus({ preventScroll: true });
  }
  const steady = places.find((each) => each.id && sectionOf(document.getElementById(each.id)) === each.section);
  const moved = steady ? document.getElementById(steady.id).getBoundingClientRect().top - steady.top : 0;
  if (Math.abs(moved) > 1) scrollBy(0, moved);
}

// Make the children of one element those of another, keeping every element that looks the same.
function merge(from, to, known) {
  let place = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const old = wanted.id ? known.get(wanted.id) : null;
    let node = wanted;
    if (old && looks(old) === looks(wanted)) {
      node = old;
    } else if (old && wanted.localName === "section" && old.localName === "section") {
      node = old;
      merge(old, wanted, known);
    } else if (!wanted.id && place && place.nodeType === wanted.nodeType && place.localName === wanted.localName && !place.id) {
      if (wanted.localName === "ul") {
        merge(place, wanted, known);
        node = place;
      } else if (wanted.nodeType === Node.TEXT_NODE || looks(place) === looks(wanted)) {
        node = place;
      }
    }
    if (node === place) {
      place = place.nextSibling;
    } else {
      from.insertBefore(node === wanted ? document.importNode(wanted, true) : node, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

async function ask() {
  clearTimeout(timer);
  if (stopped || document.hidden) return;
  try {
    const response = await fetch(list.dataset.url, {
      cache: "no-store",
      redirect: "manual",
      headers: { "If-None-Match": `"${tag}"`, "X-Background": "1" },
      signal: AbortSignal.timeout(EVERY),
    });
    if (response.status === 403 || response.type === "opaqueredirect") {
      // Locked, or signed out: quiet until somebody is back.
      stopped = true;
      say(shown.dataset.locked, false);
      return;
    }
    if (response.ok || response.status === 304) {
      tag = (response.headers.get("ETag") ?? "").replaceAll('"', "") || tag;
      const wasAway = shown.textContent.startsWith(shown.dataset.away);
      last = time();
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        morph(list, page.body);
      }
      say(shown.dataset.live, response.ok || wasAway);
    }
  } catch {
    say(shown.dataset.away, true);
  }
  timer = setTimeout(ask, EVERY);
}

function wake() {
  stopped = false;
  ask();
}

timer = setTimeout(ask, EVERY);
document.addEventListener("visibilitychange", () => document.hidden || wake());
document.addEventListener("app:unlocked", wake);
addEventListener("focus", () => stopped && wake());
addEventListener("online", wake);
addEventListener("offline", () => say(shown.dataset.away, true));
