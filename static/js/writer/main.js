// The editor of a case study. Without it the same form works with plain text boxes.
import { Saver } from "./saver.js";
import { LocalCopies } from "./local.js";
import { openText } from "./text.js";
import { Uploads } from "./pictures.js";

const form = document.querySelector("form[data-writer]");
const $ = (selector) => form.querySelector(selector);
const words = $("[data-words]").dataset;
const copies = new LocalCopies(form.dataset.owner, form.dataset.id);
const saver = new Saver(form, words, copies, { changed: showConflict, begun: showBegun });

let text = null;
const uploads = new Uploads(form, words, saver, () => text);

function showBegun() {
  const link = $("[data-preview-link]");
  link.hidden = false;
}

function showConflict(theirs) {
  const panel = $("[data-conflict]");
  $("[data-theirs-title]").textContent = theirs.title;
  $("[data-theirs-html]").innerHTML = theirs.html; // sanitised when the server stored it
  $("[data-use-theirs]").hidden = false;
  panel.hidden = false;
  panel.scrollIntoView({ block: "start" });
  $("[data-use-theirs]").onclick = () => { fill(theirs); settle(); };
  $("[data-keep-mine]").onclick = (event) => { event.preventDefault(); settle(); };
  const settle = () => { panel.hidden = true; saver.resolved(); };
}

function fill(fields) {
  for (const [name, value] of Object.entries(fields)) {
    const control = form.elements[name];
    if (!control || name === "version" || name === "fresh" || name === "stamp" || name === "csrfmiddlewaretoken") continue;
    if (name === "html" && text) text.set(value);
    else control.value = value;
  }
}

function offer(copy) {
  const bar = $("[data-restore]");
  const clock = new Date(copy.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  $("[data-restore-words]").textContent = `${words.kept} ${clock}`;
  bar.hidden = false;
  saver.hold();
  $("[data-restore-yes]").onclick = () => { bar.hidden = true; saver.release(); fill(copy.fields); copies.drop(copy.key); saver.touch(); check(); };
  $("[data-restore-no]").onclick = () => { bar.hidden = true; saver.release(); copies.drop(copy.key); };
}

function check() {
  for (const item of form.querySelectorAll("[data-check]")) {
    const value = form.elements[item.dataset.check].value.replace(/<[^>]*>|\s/g, "");
    item.classList.toggle("is-done", value.length > 0);
  }
}

form.addEventListener("input", (event) => {
  if (event.target.closest("[data-uploads], [data-link]") || event.target.type === "file") return;
  saver.touch();
  check();
});

// Enter in a one-line box must not publish; while Hangul is being composed it only ends the syllable.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input:not([type=file])")) return;
  event.preventDefault();
  if (event.isComposing || event.keyCode === 229) return;
  if (event.target.name === "title") form.elements.summary.focus();
});

// Before any button's work everything typed is saved; offline the page stays as it is.
form.addEventListener("submit", async (event) => {
  if (form.dataset.leaving) return;
  event.preventDefault();
  const button = event.submitter;
  if (!(await saver.ready())) return;
  form.dataset.leaving = "yes";
  setTimeout(() => form.requestSubmit(button)); // a form being submitted ignores a second asking until the event has ended
});

const kept = copies.unsaved(form.dataset.stamp) ?? (form.elements.fresh.value ? copies.orphan() : null);
text = await openText(form, (files) => uploads.add(files)).catch((error) => { console.error(error); return null; });
uploads.watch();
check();
if (kept) offer(kept);
document.documentElement.dataset.writer = "ready";
