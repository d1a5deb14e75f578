// Saves what is typed: three seconds after the last key, on leaving, and again when the connection is back.
const WAIT = 3000, RETRY = 10000, KEEPALIVE_LIMIT = 60000;

export class Saver {
  constructor(form, words, copies, { changed, begun }) {
    Object.assign(this, { form, words, copies, changed, begun });
    this.tab = Math.random().toString(36).slice(2, 10);
    this.n = 0; // changes so far
    this.saved = 0; // the last change the server confirmed
    this.state = form.querySelector("[data-save-state]");
    this.held = this.composing = this.conflict = false;
    this.listen();
  }

  listen() {
    this.form.addEventListener("compositionstart", () => { this.composing = true; });
    this.form.addEventListener("compositionend", () => { this.composing = false; });
    this.form.addEventListener("focusout", () => this.save());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(true); });
    addEventListener("pagehide", () => this.save(true));
    addEventListener("online", () => this.save());
    addEventListener("beforeunload", (event) => { if (this.dirty && !this.form.dataset.leaving) event.preventDefault(); });
  }

  get dirty() { return this.n > this.saved; }
  get fresh() { return this.form.elements.fresh.value; }
  hold() { this.held = true; }
  release() { this.held = false; }

  fields() {
    const fields = Object.fromEntries(new FormData(this.form));
    for (const name of ["csrfmiddlewaretoken", "picture", "do", "stamp", "version", "fresh"]) delete fields[name];
    return fields;
  }

  hasWords() {
    const { title, summary, html, tools, inputs, steps, time, result, failed } = this.fields();
    return [title, summary, html, tools, inputs, steps, time, result, failed].some((value) => value?.trim());
  }

  touch() {
    this.n += 1;
    if (!this.held) this.copies.keep({ tab: this.tab, n: this.n, fields: this.fields(), fresh: Boolean(this.fresh) });
    this.say("typing");
    this.later(WAIT);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.composing ? this.later(500) : this.save()), wait);
  }

  say(what, more = "") { this.state.textContent = `${this.words[what]} ${more}`.trim(); }

  // Save what there is; with `leaving` the request outlives the page. Returns whether all is safe on the server.
  async save(leaving = false, { begin = false } = {}) {
    if (this.conflict || this.held || (this.composing && !leaving)) return !this.dirty;
    if (this.sending && (!leaving || this.fresh)) return leaving ? false : this.sending.then(() => this.save(false, { begin }));
    if (!begin && (!this.dirty || (this.fresh && !this.hasWords()))) return true;
    this.sending = this.send(leaving).finally(() => { this.sending = null; });
    return this.sending;
  }

  async send(leaving) {
    clearTimeout(this.timer);
    const n = Math.max(this.n, 1);
    const version = this.form.elements.version.value;
    const body = JSON.stringify({ ...this.fields(), version, stamp: `${this.tab}:${n}`, fresh: this.fresh });
    this.say("saving");
    let answer;
    try {
      answer = await fetch(this.form.dataset.draft, {
        method: "POST", body, credentials: "same-origin", redirect: "manual",
        keepalive: leaving && body.length * 3 < KEEPALIVE_LIMIT * 2,
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      });
    } catch {
      return this.failed("offline");
    }
    return this.read(answer, n);
  }

  failed(why, more = "") {
    this.say(why, more);
    if (why === "offline") this.later(RETRY);
    return false;
  }

  async read(answer, n) {
    if (answer.type === "opaqueredirect" || answer.status === 403) return this.failed("signedOut");
    if (answer.status >= 500) return this.failed("offline");
    const data = await answer.json().catch(() => ({}));
    if (answer.status === 409) return this.clash(data);
    if (answer.status === 422) return this.failed("refused", Object.values(data.errors).flat().map((one) => one.message).join(" "));
    if (!answer.ok) return this.failed("refused");
    return this.confirm(data, n);
  }

  confirm(data, n) {
    this.form.elements.version.value = data.version;
    this.saved = Math.max(this.saved, n);
    if (!this.dirty) this.copies.drop();
    if (this.fresh) {
      this.form.elements.fresh.value = "";
      this.form.action = this.form.dataset.edit;
      history.replaceState(null, "", this.form.dataset.edit);
      this.begun();
    }
    if (this.dirty) this.later(WAIT);
    else this.say("saved", data.saved);
    return !this.dirty;
  }

  clash(data) {
    this.conflict = true;
    this.theirVersion = data.version;
    this.say("changed");
    this.changed(data.theirs);
    return false;
  }

  // The reader decided between the two versions; what is in the editor now stands over the other.
  resolved() {
    this.conflict = false;
    this.form.elements.version.value = this.theirVersion;
    this.touch();
    this.save();
  }

  // Make sure the post has a row, for pictures to belong to.
  async hasRow() { return this.fresh ? this.save(false, { begin: true }).then(() => !this.fresh) : true; }

  // All is saved, or the server has a word to say about the form that the page itself will show.
  async ready() {
    this.composing = false;
    await this.save();
    if (this.conflict || this.state.textContent.startsWith(this.words.offline)) return false;
    this.form.elements.stamp.value = `${this.tab}:${this.n + 1}`;
    return !this.state.textContent.startsWith(this.words.signedOut);
  }
}
