// The documents: sent, followed while they are read, looked at, read again, removed.

import { follow, get, post, remove, upload } from "./api.js";
import { h, problem } from "./dom.js";
import { openSource } from "./viewer.js";

export function documentsView() {
  return new Documents();
}

class Documents {
  constructor() {
    this.all = [];
    this.filter = h("input", {
      type: "search", id: "filter", placeholder: "Filter by title, author, year", oninput: () => this.draw(),
    });
    this.count = h("p", { class: "dim", role: "status" });
    this.rows = h("ul", { class: "documents" });
    this.work = h("div", { class: "work", "aria-live": "polite" });
    this.files = h("input", {
      type: "file", multiple: true, id: "files", class: "unseen", onchange: () => this.send([...this.files.files]),
    });
    this.element = h("section", { class: "plain", "aria-label": "Documents" },
      h("h1", {}, "Documents"), this.dropZone(), this.work,
      h("div", { class: "line" }, h("label", { for: "filter", class: "unseen" }, "Filter"), this.filter),
      this.count, this.rows);
  }

  dropZone() {
    const zone = h("label", { for: "files", class: "drop" },
      h("strong", {}, "Choose files"), " or drop them here: PDF, Word, LaTeX, HTML, Markdown, EPUB and others");
    const over = (on) => (event) => {
      event.preventDefault();
      zone.classList.toggle("over", on);
    };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      this.send([...event.dataTransfer.files]);
    });
    return h("div", { class: "sending" }, this.files, zone);
  }

  async show() {
    try {
      this.all = (await get("/documents")).documents;
      this.draw();
    } catch (error) {
      this.rows.replaceChildren(h("li", {}, problem(error)));
    }
  }

  draw() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (one) => [one.title, one.name, one.year, ...one.authors, ...one.tags].join(" ").toLowerCase();
    const some = this.all.filter((one) => words.every((word) => text(one).includes(word)));
    const count = some.length === this.all.length ? some.length : `${some.length} of ${this.all.length}`;
    this.count.textContent = this.all.length ? `Documents: ${count}` : "No documents yet.";
    this.rows.replaceChildren(...some.map((one) => this.row(one)));
  }

  row(one) {
    const facts = [one.authors.slice(0, 3).join(", ") + (one.authors.length > 3 ? " and others" : ""), one.year,
      one.pages ? `${one.pages} ${one.pages === 1 ? "page" : "pages"}` : "",
      one.chunks === 1 ? "1 passage" : `${one.chunks} passages`, one.name];
    const open = one.chunks
      ? h("button", { type: "button", class: "name", onclick: (event) => this.open(one, event.target) }, one.title)
      : h("span", { class: "name" }, one.title || one.name);
    return h("li", {},
      h("div", {}, open, h("p", { class: "dim" }, facts.filter(Boolean).join(" · ")),
        one.status === "indexed" ? null : h("p", { class: "note" }, `${one.status}: ${one.error || "unknown"}`)),
      h("div", { class: "bar" },
        this.button("Read again", one, () => this.reread(one)),
        this.button("Remove", one, () => this.discard(one))));
  }

  button(name, one, onclick) {
    const label = `${name}: ${one.title || one.name}`;
    return h("button", { type: "button", class: "quiet", "aria-label": label, onclick }, name);
  }

  open(one, from) {
    openSource({ document: one.id, title: one.title, page: one.pages ? 1 : 0 }, from);
  }

  async send(files) {
    this.files.value = "";
    if (!files.length) return;
    const work = new Work(files.length === 1 ? files[0].name : `${files.length} files`);
    this.work.prepend(work.element);
    await work.run(async () => {
      const job = await upload("/documents", files, (share) => work.show("sending", share));
      return follow(job, (state) => work.follow(state));
    });
    await this.show();
  }

  async reread(one) {
    const work = new Work(one.title || one.name);
    this.work.prepend(work.element);
    await work.run(async () => {
      const job = await post(`/documents/${encodeURIComponent(one.id)}/reread`);
      return follow(job, (state) => work.follow(state));
    });
    await this.show();
  }

  async discard(one) {
    if (!window.confirm(`Remove “${one.title || one.name}” from the index?`)) return;
    try {
      await remove(`/documents/${encodeURIComponent(one.id)}`);
    } catch (error) {
      this.work.prepend(problem(error));
    }
    await this.show();
  }
}

/** One piece of work with its progress, and what came of it. */
class Work {
  constructor(name) {
    this.name = name;
    this.bar = h("progress", { max: 1, "aria-label": name });
    this.said = h("span", {}, "sending");
    this.element = h("div", { class: "piece" }, h("p", {}, h("strong", {}, name), " ", this.said), this.bar);
  }

  show(label, share) {
    this.said.textContent = label;
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
  }

  follow({ status, label, done, total }) {
    const far = total ? ` ${done} of ${total}` : "";
    this.show(`${label || status}${far}`, total ? done / total : null);
  }

  async run(work) {
    try {
      this.end(await work());
    } catch (error) {
      this.bar.remove();
      this.element.append(problem(error));
    }
  }

  end(job) {
    this.bar.remove();
    if (job.error) return this.element.append(problem(job.error));
    const { added = 0, updated = 0, unchanged = 0, failed = [], duplicates = [] } = job.result || {};
    const parts = [[added, "added"], [updated, "updated"], [unchanged, "unchanged"], [failed.length, "failed"],
      [duplicates.length, "already there"]].filter(([count]) => count).map(([count, what]) => `${count} ${what}`);
    this.said.textContent = [job.status, ...parts].join(", ");
    for (const one of [...failed, ...duplicates]) {
      this.element.append(h("p", { class: "note" }, `${one.path}: ${one.error}`));
    }
    return null;
  }
}
