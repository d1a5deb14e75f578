// Pictures: sent one by one with their progress, placed in the text, then asked what they show.
export class Uploads {
  constructor(form, words, saver, text) {
    Object.assign(this, { form, words, saver, text });
    this.list = form.querySelector("[data-uploads]");
    this.input = form.querySelector("[data-picture-input]");
  }

  watch() {
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
  }

  async add(files) {
    for (const file of files) await this.send(file, this.row(file));
  }

  row(file) {
    const row = document.createElement("li");
    const name = document.createElement("span"), bar = document.createElement("progress"), note = document.createElement("span");
    name.textContent = file.name;
    bar.max = 100;
    bar.className = "bar";
    bar.setAttribute("aria-label", file.name);
    note.setAttribute("role", "status");
    row.append(name, bar, note);
    this.list.append(row);
    return { row, bar, note };
  }

  async send(file, place) {
    place.note.textContent = "";
    if (!(await this.saver.hasRow())) return this.lost(file, place, this.words.lost);
    return new Promise((done) => {
      const body = new FormData();
      body.append("picture", file);
      const request = new XMLHttpRequest();
      request.open("POST", this.form.dataset.pictures);
      request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken.value);
      request.responseType = "json";
      request.upload.onprogress = (event) => { if (event.lengthComputable) place.bar.value = (100 * event.loaded) / event.total; };
      request.onload = () => {
        if (request.status === 201) this.arrived(request.response, place);
        else this.lost(file, place, request.response?.sentence ?? this.words.lost, request.status !== 422);
        done();
      };
      request.onerror = () => { this.lost(file, place, this.words.lost); done(); };
      request.send(body);
    });
  }

  lost(file, place, sentence, again = true) {
    place.note.textContent = sentence;
    place.bar.value = 0;
    place.row.querySelector("button")?.remove();
    if (!again) return;
    const button = this.button(this.words.again, () => { button.remove(); this.send(file, place); });
    place.row.append(button);
  }

  arrived(picture, { row, bar, note }) {
    bar.remove();
    note.textContent = this.words.added;
    this.text()?.picture(picture);
    this.offerCover(picture);
    this.askWhatItShows(picture, row);
  }

  askWhatItShows(picture, row) {
    const label = document.createElement("label"), input = document.createElement("input");
    input.id = `alt-${picture.id}`;
    input.className = "input";
    input.maxLength = 200;
    label.htmlFor = input.id;
    label.textContent = this.words.alt;
    input.addEventListener("input", () => this.text()?.describe(picture.src, input.value));
    row.append(label, input, this.button(this.words.done, () => row.remove()));
  }

  button(words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = words;
    button.addEventListener("click", act);
    return button;
  }

  offerCover(picture) {
    const label = document.createElement("label"), radio = document.createElement("input");
    const words = document.createElement("span"), image = document.createElement("img");
    label.className = "check choice";
    Object.assign(radio, { type: "radio", name: "cover", value: picture.id });
    words.textContent = this.words.cover;
    Object.assign(image, { src: picture.src, alt: "", className: "cover cover-sq", width: picture.width, height: picture.height });
    label.append(radio, words, image);
    this.form.querySelector("[data-covers]").append(label);
  }
}
