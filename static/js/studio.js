// Comforts of the studio: the refund rules follow what is typed; the tab one is on is in sight.
const form = document.querySelector("form[data-refunds]");

let asked = 0;
async function workOut() {
  const typed = new FormData(form), mine = ++asked;
  typed.delete("csrfmiddlewaretoken");
  const answer = await fetch(`${form.dataset.refunds}?${new URLSearchParams(typed)}`, { credentials: "same-origin" });
  if (answer.status !== 200 || mine !== asked) return; // something newer was typed meanwhile
  document.getElementById("refund-rules").outerHTML = await answer.text();
}

let later;
form?.addEventListener("input", (event) => {
  if (event.target.name === "policy") return;
  clearTimeout(later);
  later = setTimeout(() => workOut().catch(() => { /* the button does the same */ }), 400);
});

const tabs = document.querySelector(".tabs"), here = tabs?.querySelector("[aria-current]");
if (here) tabs.scrollLeft = here.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
