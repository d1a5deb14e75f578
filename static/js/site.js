// Everything here is a comfort: each page works without it.
const root = document.documentElement;

function switchTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : system;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private mode */ }
}

function copy(button) {
  navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).innerText);
  button.querySelector("span").textContent = button.dataset.done;
}

addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest(selector);
  if (hit("[data-theme-switch]")) switchTheme();
  if (hit("[data-open]")) document.getElementById(hit("[data-open]").dataset.open).showModal();
  if (hit("[data-close]")) hit("dialog").close();
  if (hit("[data-copy]")) copy(hit("[data-copy]"));
  if (hit("[data-print]")) print();
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;

addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest(".menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// One call to join at a time: the bar steps aside while the price box is on the screen.
const bar = document.querySelector(".joinbar"), price = document.querySelector(".price");
if (bar && price) new IntersectionObserver(([seen]) => { bar.hidden = seen.isIntersecting; }).observe(price);

// What depends on the reader, or changes by the minute, comes as a fragment of our own server.
function repeat(place) {
  // The bar on phones says and does what the price box says and does now.
  const words = place.querySelector("[data-short]"), action = place.querySelector("a.btn");
  const here = bar?.querySelector("[data-short-here]");
  if (!here || !words || !action) return;
  here.textContent = words.dataset.short || words.textContent;
  const link = bar.querySelector("a.btn");
  link.href = action.href;
  link.textContent = action.dataset.brief ?? action.textContent;
  link.classList.toggle("btn-primary", action.classList.contains("btn-primary"));
}
const signedIn = document.cookie.split("; ").includes("signed_in=1");
for (const place of document.querySelectorAll("[data-fragment]")) {
  if (!signedIn && !("fragmentAlways" in place.dataset)) continue;
  fetch(place.dataset.fragment, { credentials: "same-origin" })
    .then((answer) => (answer.status === 200 ? answer.text() : null))
    .then((html) => { if (html) { place.innerHTML = html; repeat(place); } })
    .catch(() => { /* the page says enough without it */ });
}

// Who comes back gets a page that says what is kept when there is no connection; visitors need no worker for that.
if (signedIn) navigator.serviceWorker?.register("/sw.js").catch(() => { /* private mode */ });

// The reader's own time beside the study's, when the two differ.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const time of document.querySelectorAll("time[data-local]")) {
  const at = new Date(time.dateTime);
  const offset = time.dateTime.match(/[+-]\d\d:\d\d$/)?.[0] ?? "+00:00";
  const minutes = (offset[0] === "-" ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4)));
  if (-at.getTimezoneOffset() === minutes) continue;
  const day = at.toLocaleDateString(root.lang, { weekday: "long" });
  const clock = at.toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const note = document.createElement("small");
  note.className = "local-time";
  note.textContent = `${time.dataset.local} ${day} ${clock}`;
  time.append(note);
}

for (const choice of document.querySelectorAll("select[data-time-zone]")) {
  const theirs = choice.querySelector(`option[value="${CSS.escape(own ?? "")}"]`);
  if (theirs && !choice.closest("form").querySelector(".has-error")) choice.value = own;
}

// A page that waits for the truth asks again, a few times.
const waiting = document.querySelector("[data-poll]");
if (waiting) {
  let left = Number(waiting.dataset.poll);
  const ask = () => fetch(location.href, { credentials: "same-origin" }).then((answer) => answer.text()).then((html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    if (!fresh.querySelector("[data-poll]")) location.reload();
    else if (--left > 0) setTimeout(ask, 2000);
    else waiting.querySelector("[data-poll-end]").hidden = false;
  }).catch(() => setTimeout(ask, 4000));
  setTimeout(ask, 2000);
}
