{% autoescape off %}// Answers only where a page could not be fetched, with one page that says so. That page and what it is drawn with are
// all that is kept: nothing is ever shown old, and nothing of a person stays behind.
const PAGES = {{ pages }};
const DRAWN_WITH = {{ drawn_with }};
const CACHE = "offline-{{ name }}";

addEventListener("install", (event) => {
  const kept = [...Object.values(PAGES), ...DRAWN_WITH].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(kept)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => clients.claim()));
});

async function instead(path) {
  const known = Object.keys(PAGES), prefix = path.split("/")[1];
  const spoken = (await self.cookieStore?.get("{{ cookie }}"))?.value ?? navigator.language;
  const code = known.includes(prefix) ? prefix : known.find((one) => spoken.startsWith(one));
  return caches.match(PAGES[code ?? known[0]]);
}

addEventListener("fetch", (event) => {
  const { request } = event, path = new URL(request.url).pathname;
  if (request.method !== "GET") return; // what is sent is never answered for
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => instead(path)));
  else if (DRAWN_WITH.includes(path)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});
{% endautoescape %}
