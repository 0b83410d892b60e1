// The pages of a PDF, one at a time, with boxes around what is cited. The server finds the boxes, pdf.js draws the page;
// where it cannot, the server's picture is shown.

import { h } from "./dom.js";
import { Paper } from "./paper.js";

const ZOOMS = [1, 1.4, 2, 3];
const WIDEST = 2400;

export class Pages {
  /** `source` is a reply of /passages; `unseen` is called if a page cannot be shown at all. */
  constructor(source, unseen) {
    this.source = source;
    this.unseen = unseen;
    this.file = `/documents/${encodeURIComponent(source.document.id)}`;
    this.paper = new Paper(`${this.file}/file`);
    this.zoom = 0;
    this.turn = 0;
    this.sheet = h("div", { class: "sheet" }, h("p", { class: "dim" }, "Drawing the page …"));
    this.window = h("div", { class: "window", tabindex: 0, role: "group", "aria-label": "Page" }, this.sheet);
    this.where = h("span", { role: "status" });
    this.before = this.button("Previous page", "‹", () => this.go(this.page - 1));
    this.after = this.button("Next page", "›", () => this.go(this.page + 1));
    this.smaller = this.button("Smaller", "−", () => this.resize(-1));
    this.larger = this.button("Larger", "+", () => this.resize(1));
    this.element = h("div", { class: "pages" },
      h("div", { class: "bar" }, this.before, this.where, this.after, this.smaller, this.larger), this.window);
  }

  button(name, sign, onclick) {
    return h("button", { type: "button", class: "quiet", "aria-label": name, title: name, onclick }, sign);
  }

  resize(by) {
    this.zoom = Math.min(Math.max(this.zoom + by, 0), ZOOMS.length - 1);
    this.sheet.style.width = `${100 * ZOOMS[this.zoom]}%`;
    this.go(this.page);
  }

  /** Show `page`. What was there before stays until it is drawn. */
  async go(page) {
    const mine = ++this.turn;
    this.page = page;
    const marked = this.source.pages.find((one) => one.page === page) || { label: "", boxes: [] };
    this.say(marked);
    const name = `Page ${page} of ${this.source.document.title}`;
    const width = Math.min(WIDEST, Math.ceil(this.sheet.clientWidth * (window.devicePixelRatio || 1)) || 800);
    let shown = await this.paper.draw(page, width, name).catch(() => null);
    if (mine !== this.turn) return;
    shown ||= await this.picture(page, width, name);
    if (mine !== this.turn) return;
    if (!shown) return this.unseen();
    this.sheet.replaceChildren(shown, ...marked.boxes.map(box));
    this.look();
  }

  say({ label, boxes }) {
    const { document } = this.source;
    const printed = label && label !== String(this.page) ? ` (printed: ${label})` : "";
    const facts = [`Page ${this.page} of ${document.pages}${printed}`, boxes.length ? "marked" : "",
      this.zoom ? `${100 * ZOOMS[this.zoom]} %` : ""];
    this.where.textContent = facts.filter(Boolean).join(", ");
    this.before.disabled = this.page <= 1;
    this.after.disabled = this.page >= document.pages;
    this.smaller.disabled = this.zoom === 0;
    this.larger.disabled = this.zoom === ZOOMS.length - 1;
  }

  /** The page as the server draws it; null if it cannot. */
  picture(page, width, name) {
    const rounded = 200 * Math.ceil(width / 200); // few sizes, so that the browser often has the picture already
    const image = h("img", { src: `${this.file}/pages/${page}/picture?width=${rounded}`, alt: name });
    return image.decode().then(() => image, () => null);
  }

  /** Bring the first box into view. */
  look() {
    const first = this.sheet.querySelector(".box");
    if (!first) return;
    this.window.scrollTo({ top: first.offsetTop - this.window.clientHeight / 3, left: first.offsetLeft - 30 });
  }

  close() {
    this.turn += 1;
    this.paper.stop("closed");
  }
}

function box([left, top, width, height]) {
  const made = h("div", { class: "box", "aria-hidden": "true" });
  Object.assign(made.style, {
    left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%`,
  });
  return made;
}
