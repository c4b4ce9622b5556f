// Covers the open page with the lock screen when the session locks, and uncovers it as it was. The server locks by
// itself: without this script the next page asked for is the lock screen.
const cover = document.querySelector("#lock-cover");
const address = cover.dataset;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("lock") : null;
const title = document.title;
// Somebody who types for long asks for no page: the server is told, at most this often.
const SECONDS_BETWEEN_WORDS = 20;

let screen = null;
let timer = null;
// An answer that comes after a later question is old news.
let questions = 0;
let saidAt = Date.now();
let focused = null;
let concealed = [];
// "Lock now" was pressed while there was no connection: the server does not know yet, and nothing opens before it does.
let owed = false;

const token = () => cover.content.querySelector("[name='csrfmiddlewaretoken']").value;

function ask(url, fields = null) {
  const body = fields && new URLSearchParams({ csrfmiddlewaretoken: token(), ...fields });
  return fetch(url, {
    method: fields ? "POST" : "GET",
    body,
    redirect: "manual",
    cache: "no-store",
    headers: { Accept: "application/json", "X-Background": "1" },
  });
}

function signedOut() {
  // Nothing of the page may stay under the lock of somebody who can no longer open it.
  document.body.replaceChildren();
  window.location.replace(address.signIn);
}

function close() {
  if (screen) return;
  focused = document.activeElement;
  concealed = [...document.body.children].filter((each) => !each.hidden && each !== cover);
  for (const each of concealed) {
    each.hidden = true;
    each.inert = true;
    // Whatever a stylesheet says of it.
    each.style.setProperty("display", "none", "important");
  }
  screen = cover.content.firstElementChild.cloneNode(true);
  document.body.classList.add("app-locked");
  document.body.append(screen);
  document.title = screen.querySelector("h1").textContent;
  screen.querySelector("form").addEventListener("submit", unlock);
  screen.querySelector("input:not([type='hidden'])").focus();
}

function open() {
  if (!screen) return;
  screen.remove();
  screen = null;
  document.body.classList.remove("app-locked");
  for (const each of concealed) {
    each.hidden = false;
    each.inert = false;
    each.style.removeProperty("display");
  }
  document.title = title;
  focused?.focus({ preventScroll: true });
  look();
}

function say(words) {
  const alert = screen.querySelector("[role='alert']");
  alert.hidden = false;
  alert.textContent = words;
}

async function unlock(event) {
  event.preventDefault();
  const button = screen.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  const fields = Object.fromEntries(new FormData(event.target));
  try {
    if (owed) await look();
    const answer = await ask(address.unlock, fields);
    // To its end, or the browser keeps the connection for the rest of it.
    await answer.text();
    if (answer.ok) {
      channel?.postMessage("open");
      open();
      return;
    }
    if (answer.status !== 403) {
      signedOut();
      return;
    }
    say(address.wrong);
    for (const each of screen.querySelectorAll("input[type='password']")) each.value = "";
    screen.querySelector("input:not([type='hidden'])").focus();
  } catch {
    say(address.offline);
  } finally {
    if (screen) screen.querySelector("button").disabled = false;
  }
}

async function look(fields = null) {
  clearTimeout(timer);
  const question = ++questions;
  let seconds = 60;
  try {
    const answer = await (owed ? ask(address.now, {}) : ask(address.state, fields));
    if (question !== questions) return;
    if (answer.status === 401 || answer.type === "opaqueredirect") {
      signedOut();
      return;
    }
    if (answer.ok) {
      owed = false;
      const state = await answer.json();
      if (question !== questions) return;
      if (state.who && state.who !== address.who) {
        // Somebody else has signed in on this device since: the page is not theirs to see.
        signedOut();
        return;
      }
      if (state.locked) {
        close();
        return;
      }
      open();
      if (state.seconds === null) return;
      seconds = state.seconds + 1;
    }
  } catch {
    // Without a connection nobody can say how long: asked again soon.
    if (question !== questions) return;
    seconds = 30;
  }
  timer = setTimeout(look, seconds * 1000);
}

function active() {
  if (screen || Date.now() - saidAt < SECONDS_BETWEEN_WORDS * 1000) return;
  saidAt = Date.now();
  look({});
}

for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, active, { passive: true });

for (const form of document.querySelectorAll("form[data-lock-now]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    owed = true;
    close();
    channel?.postMessage("close");
    look();
  });
}

// Whoever opened another tab may not be whose page this is: the server is asked.
channel?.addEventListener("message", (event) => (event.data === "close" ? close() : look()));
// Another tab may have locked or unlocked, and a page that comes back from the browser's memory was not asked for.
window.addEventListener("pageshow", (event) => event.persisted && look());
document.addEventListener("visibilitychange", () => !document.hidden && look());
if (address.seconds) timer = setTimeout(look, (Number(address.seconds) + 1) * 1000);
