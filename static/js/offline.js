// The page that is shown without a connection: what is kept on this device, and going on as soon as there is one.
const EVERY = 10_000; // milliseconds
try {
  const drafts = Object.keys(localStorage).some((key) => key.startsWith("draft:"));
  document.querySelector("[data-kept]").hidden = !drafts;
} catch { /* private mode keeps nothing */ }

const here = document.querySelector("[data-offline]").dataset.offline;
const again = () => fetch(here, { method: "HEAD", cache: "no-store" })
  .then(() => { if (location.pathname !== here) location.reload(); })
  .catch(() => { /* still nothing */ });
addEventListener("online", again);
setInterval(again, EVERY);
