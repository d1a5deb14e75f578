// Rich text in place of the text box, which stays the form's field. What is allowed here is what the server keeps.
const OURS = /^\/pictures\/[2-9a-z]{10}\.webp$/;

export async function openText(form, upload) {
  const kit = await import(form.dataset.module);
  const box = form.elements.html, page = form.querySelector("[data-page]");
  const pictures = (list) => [...(list ?? [])].filter((file) => file.type.startsWith("image/"));
  const take = (data) => {
    const files = pictures(data?.files);
    const words = (data?.getData("text/html") ?? "").replace(/<[^>]*>/g, "").trim();
    if (!files.length || words) return false;
    upload(files);
    return true;
  };
  box.hidden = true;
  const editor = new kit.Editor({
    element: page,
    extensions: extensions(kit),
    content: asHtml(box.value),
    injectCSS: false,
    editorProps: {
      attributes: { "aria-labelledby": "html-label", "aria-multiline": "true", role: "textbox", class: "ProseMirror" },
      transformPastedHTML: bare,
      handlePaste: (view, event) => take(event.clipboardData),
      handleDrop: (view, event, slice, moved) => !moved && take(event.dataTransfer),
    },
    onUpdate: ({ editor }) => {
      box.value = editor.isEmpty ? "" : editor.getHTML();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: ({ editor }) => tools(form, editor),
  });
  watchTools(form, editor);
  return new Text(editor, box);
}

class Text {
  constructor(editor, box) { Object.assign(this, { editor, box }); }

  set(html) { this.editor.commands.setContent(asHtml(html), { emitUpdate: true }); }

  picture({ src, alt, width, height }) {
    const image = { type: "image", attrs: { src, alt, width, height } };
    this.editor.chain().focus().insertContent([{ type: "figure", content: [image, { type: "caption" }] }, { type: "paragraph" }]).run();
  }

  describe(src, alt) {
    const { state, view } = this.editor;
    let change = state.tr;
    state.doc.descendants((node, at) => {
      if (node.type.name === "image" && node.attrs.src === src) change = change.setNodeMarkup(at, undefined, { ...node.attrs, alt });
    });
    if (change.docChanged) view.dispatch(change);
  }
}

// Styles and handlers of other programs are dropped before the browser's policy refuses them one by one; titles fit ours.
function bare(html) {
  return html.replace(/\s(?:style|on\w+)=(?:"[^"]*"|'[^']*')/gi, "").replace(/<(\/?)h1\b/gi, "<$1h2").replace(/<(\/?)h[4-6]\b/gi, "<$1h3");
}

// Text written without script has no tags; lines and gaps become paragraphs as on the server.
function asHtml(value) {
  if (!value || /<(p|h2|h3|ul|ol|blockquote|pre|figure|table|hr)[\s>/]/i.test(value)) return value;
  const holder = document.createElement("div");
  for (const part of value.split(/\n\s*\n/)) {
    const paragraph = document.createElement("p");
    paragraph.innerText = part.trim();
    holder.append(paragraph);
  }
  return holder.innerHTML;
}

function extensions(kit) {
  const Prompt = kit.CodeBlock.extend({
    name: "prompt",
    marks: "highlight",
    addOptions() { return { ...this.parent?.(), enableTabIndentation: false }; },
    parseHTML: () => [{ tag: "pre", preserveWhitespace: "full" }],
    renderHTML: () => ["pre", { class: "prompt" }, 0],
    addAttributes: () => ({}),
    addInputRules: () => [],
    addPasteRules: () => [],
    addProseMirrorPlugins: () => [],
    addMenuItems: () => [],
    addCommands: () => ({ togglePrompt: () => ({ commands }) => commands.toggleNode("prompt", "paragraph") }),
  });
  const Picture = kit.Image.extend({ parseHTML: () => [{ tag: "img[src]", getAttrs: (img) => OURS.test(img.getAttribute("src")) && null }] });
  const Figure = kit.Figure.extend({
    parseHTML: () => [{ tag: "figure", getAttrs: (figure) => OURS.test(figure.querySelector("img")?.getAttribute("src") ?? "") && null }],
    addMenuItems: () => [],
    addExtensions: () => [], // its floating button; a caption can always be typed under the picture here
  });
  return [
    kit.Document, kit.Paragraph, kit.Text, kit.HardBreak, kit.History, kit.Dropcursor.configure({ class: "drop-here", color: false }), kit.Gapcursor,
    kit.Heading.configure({ levels: [2, 3] }), kit.Bold, kit.Italic, kit.Strike, kit.Code, kit.Highlight,
    kit.BulletList, kit.OrderedList, kit.ListItem, kit.Blockquote, kit.HorizontalRule, Prompt,
    kit.Link.configure({ enableTarget: false, protocols: ["http", "https", "mailto"] }),
    kit.Table.configure({ resizable: false }), kit.TableRow, kit.TableHeader, kit.TableCell,
    Figure, kit.Caption, Picture,
  ];
}

const ACTS = {
  heading: (chain, editor) => (editor.isActive("heading", { level: 2 }) ? chain.toggleHeading({ level: 3 }) : editor.isActive("heading", { level: 3 }) ? chain.setParagraph() : chain.toggleHeading({ level: 2 })),
  bold: (chain) => chain.toggleBold(),
  bullets: (chain) => chain.toggleBulletList(),
  numbers: (chain) => chain.toggleOrderedList(),
  quote: (chain) => chain.toggleBlockquote(),
  prompt: (chain) => chain.togglePrompt(),
  mark: (chain) => chain.toggleHighlight(),
  table: (chain) => chain.insertTable({ rows: 3, cols: 2, withHeaderRow: true }),
  row: (chain) => chain.addRowAfter(),
  column: (chain) => chain.addColumnAfter(),
  "less-row": (chain) => chain.deleteRow(),
  "less-column": (chain) => chain.deleteColumn(),
  undo: (chain) => chain.undo(),
};
const ACTIVE = { heading: "heading", bold: "bold", bullets: "bulletList", numbers: "orderedList", quote: "blockquote", prompt: "prompt", mark: "highlight", link: "link" };

function tools(form, editor) {
  for (const [tool, name] of Object.entries(ACTIVE)) form.querySelector(`[data-tool=${tool}]`).setAttribute("aria-pressed", editor.isActive(name));
  form.querySelector("[data-in-table]").hidden = !editor.isActive("table");
}

function watchTools(form, editor) {
  const bar = form.querySelector("[data-tools]"), link = form.querySelector("[data-link]"), address = form.querySelector("[data-link-address]");
  bar.hidden = false;
  bar.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
  bar.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]")?.dataset.tool;
    if (tool === "picture") form.querySelector("[data-picture-input]").click();
    else if (tool === "link") { link.hidden = !link.hidden; address.value = editor.getAttributes("link").href ?? ""; if (!link.hidden) address.focus(); }
    else if (tool) ACTS[tool](editor.chain().focus(), editor).run();
  });
  const setLink = () => {
    const href = /^(https?:|mailto:)/.test(address.value) ? address.value : `https://${address.value}`;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (!address.value.trim()) chain.unsetLink().run();
    else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: address.value, marks: [{ type: "link", attrs: { href } }] }).run();
    else chain.setLink({ href }).run();
    link.hidden = true;
  };
  form.querySelector("[data-link-set]").addEventListener("click", setLink);
  address.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); setLink(); } });
  form.querySelector("[data-link-drop]").addEventListener("click", () => { editor.chain().focus().extendMarkRange("link").unsetLink().run(); link.hidden = true; });
}
