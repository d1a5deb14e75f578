// The demo's bar, in the demo only. Runs before the first paint, so that a hidden bar does not flash.
(() => {
  const root = document.documentElement;
  const remember = (hidden) => {
    root.toggleAttribute("data-demo-hidden", hidden);
    try { hidden ? localStorage.setItem("demo-bar", "hidden") : localStorage.removeItem("demo-bar"); } catch { /* private mode */ }
  };
  try { root.toggleAttribute("data-demo-hidden", localStorage.getItem("demo-bar") === "hidden"); } catch { /* private mode */ }

  addEventListener("click", (event) => {
    if (event.target.closest("[data-demo-hide]")) remember(true);
    if (event.target.closest("[data-demo-show]")) { remember(false); scrollTo(0, 0); }
  });

  addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-demo-people]");
    if (!place) return;
    fetch(place.dataset.demoPeople, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((html) => {
        place.innerHTML = html;
        const here = place.querySelector("[aria-current]");
        if (here) place.scrollLeft = here.offsetLeft - place.offsetLeft - (place.clientWidth - here.offsetWidth) / 2;
      })
      .catch(() => { /* the link beside it leads to the same */ });
  });
})();
