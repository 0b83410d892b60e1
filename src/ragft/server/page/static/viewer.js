// The source beside the answer: the page of a PDF with boxes around what is cited, or the passage as text.

import { get } from "./api.js";
import { h, problem, shortened } from "./dom.js";
import { Pages } from "./pages.js";

const viewer = document.getElementById("viewer");
const narrow = window.matchMedia("(max-width: 900px)");
let opener = null;
let pages = null;
let turn = 0;

/** Show `place`: {chunk, start, end, document, title, page}; `from` gets the focus back. */
export async function openSource(place, from) {
  opener = from || document.activeElement;
  const mine = ++turn;
  release();
  viewer.hidden = false;
  document.body.classList.add("viewing");
  behind(narrow.matches);
  frame(place.title, h("p", { class: "dim", role: "status" }, "Opening the page …"));
  viewer.querySelector("h2").focus();
  try {
    const source = place.chunk ? await passageAt(place) : await documentAt(place);
    if (mine === turn) draw(source, place);
  } catch (error) {
    if (mine === turn) frame(place.title, problem(error));
  }
}

export function closeViewer({ focus = true } = {}) {
  if (viewer.hidden) return;
  turn += 1;
  release();
  viewer.hidden = true;
  viewer.replaceChildren();
  document.body.classList.remove("viewing");
  behind(false);
  if (focus && opener?.isConnected) opener.focus();
}

/** Let go of the PDF that was shown. */
function release() {
  pages?.close();
  pages = null;
}

/** On a narrow screen the viewer covers all, and nothing below it can be reached. */
function behind(hidden) {
  document.getElementById("main").inert = hidden;
  document.getElementById("top").inert = hidden;
}

function passageAt({ chunk, start, end }) {
  const span = new URLSearchParams(Object.entries({ start, end }).filter(([, value]) => value !== undefined));
  return get(`/passages/${encodeURIComponent(chunk)}?${span}`);
}

async function documentAt(place) {
  const document = await get(`/documents/${encodeURIComponent(place.document)}`);
  const pictured = document.pages > 0 && /\.pdf$/i.test(document.name);
  const page = place.page || 1;
  const text = pictured ? "" : (await pagesOf(document.id)).map((one) => one.text).join("\n\n");
  return { document, text, start: 0, end: 0, section: "", pages: pictured ? [{ page, label: "", boxes: [] }] : [] };
}

async function pagesOf(id) {
  return (await get(`/documents/${encodeURIComponent(id)}/pages`)).pages;
}

function draw(source, place) {
  const part = source.text.slice(source.start, source.end);
  const marked = source.pages.find((page) => page.boxes.length) || source.pages[0];
  const body = h("div", { class: "body" });
  const passage = passageText(source);
  if (marked) {
    pages = new Pages(source, () => body.replaceChildren(passage));
    body.append(pages.element);
    if (part) body.append(h("h3", {}, "The passage as text"), passage);
  } else {
    body.append(source.section ? h("p", { class: "dim" }, source.section) : "", passage);
  }
  const file = `/documents/${encodeURIComponent(source.document.id)}/file${marked ? `#page=${marked.page}` : ""}`;
  frame(source.document.title || place.title, body,
    h("a", { class: "button quiet", href: file, target: "_blank", rel: "noopener" }, "Open the file"));
  pages?.go(marked.page);
}

function passageText({ text, start, end }) {
  const whole = start === 0 && end >= text.length;
  const marked = [text.slice(0, start), h("mark", {}, text.slice(start, end)), text.slice(end)];
  const nodes = whole || end <= start ? [text] : marked;
  return h("div", { class: "passage" }, nodes);
}

function frame(title, body, ...actions) {
  const focused = viewer.contains(document.activeElement);
  viewer.replaceChildren(
    h("header", {},
      h("h2", { tabindex: -1, title }, shortened(title || "Source", 120)),
      h("div", { class: "bar" }, actions,
        h("button", { type: "button", class: "quiet", onclick: () => closeViewer() }, "Close"))),
    body);
  if (focused) viewer.querySelector("h2").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) closeViewer();
});
narrow.addEventListener("change", () => behind(!viewer.hidden && narrow.matches));
