// A PDF drawn in the browser by pdf.js (pdfjs/README.md), which is loaded when the first page is shown. Scripts, forms
// and links of the PDF do nothing: only its drawing and its text are used.

import { h } from "./dom.js";

const FOLDER = "/static/pdfjs/";
const WORKER = `${FOLDER}pdf.worker.min.mjs`;
const FONTS = ["FoxitSymbol.pfb", "FoxitDingbats.pfb"];
const NEEDED = [Map.prototype.getOrInsertComputed, Math.sumPrecise, Promise.try, URL.parse, Uint8Array.fromBase64];
const SECONDS = 20;
const LARGEST = { pixels: 2 ** 24, side: 8192 };

/** The only string that the page may run as a script; see `trusted-types` in static_files.py. */
const rule = window.trustedTypes?.createPolicy("pdf-worker", { createScriptURL: () => WORKER });

export class Paper {
  constructor(url) {
    this.failed = new Promise((_, reject) => (this.fail = reject));
    this.document = this.open(url);
    for (const promise of [this.failed, this.document]) promise.catch(() => {});
  }

  async open(url) {
    if (!NEEDED.every(Boolean)) throw new Error("pdf.js needs a newer browser");
    this.library = await import(`${FOLDER}pdf.min.mjs`);
    if (this.stopped) throw new Error("closed");
    this.worker = new Worker(rule ? rule.createScriptURL("") : WORKER, { type: "module" });
    this.worker.addEventListener("error", () => this.stop("its worker failed"));
    this.loading = this.library.getDocument({
      url,
      worker: new this.library.PDFWorker({ port: this.worker, verbosity: 0 }),
      verbosity: 0,
      rangeChunkSize: 2 ** 19,
      disableAutoFetch: true,
      disableStream: true,
      enableXfa: false,
      useWasm: false, // the policy of the page allows none
      wasmUrl: FOLDER, // of what is used without
      BinaryDataFactory: this.data(),
    });
    return this.loading.promise;
  }

  /** What pdf.js asks for beside the PDF. Without a font or table that is not here the text would be wrong. */
  data() {
    const paper = this;
    return class {
      async fetch({ filename }) {
        if (FONTS.includes(filename)) return new Uint8Array(await (await fetch(FOLDER + filename)).arrayBuffer());
        paper.stop(`${filename} is not here`);
        throw new Error(`${filename} is not here`);
      }
    };
  }

  /** Page `number` as an element, drawn `width` pixels wide. Fails where pdf.js cannot, or not in time. */
  async draw(number, width, name) {
    this.task?.cancel();
    const timer = setTimeout(() => this.stop("it takes too long"), SECONDS * 1000);
    try {
      return await Promise.race([this.drawn(number, width, name), this.failed]);
    } finally {
      clearTimeout(timer);
    }
  }

  async drawn(number, width, name) {
    const page = await (await this.document).getPage(number);
    const plain = page.getViewport({ scale: 1 });
    const most = Math.sqrt(LARGEST.pixels / (plain.width * plain.height));
    const scale = Math.min(width / plain.width, most, LARGEST.side / Math.max(plain.width, plain.height));
    const viewport = page.getViewport({ scale });
    const size = { width: Math.max(1, Math.round(viewport.width)), height: Math.max(1, Math.round(viewport.height)) };
    const canvas = h("canvas", { ...size, role: "img", "aria-label": name });
    const letters = h("div", { class: "letters" });
    this.task = page.render({ canvas, viewport });
    const layer = new this.library.TextLayer({
      textContentSource: page.streamTextContent(), container: letters, viewport: plain,
    });
    await Promise.all([this.task.promise, layer.render()]);
    const { pageWidth, pageHeight } = plain.rawDims;
    return fitted(h("div", {}, canvas, letters), letters, plain.rotation % 180 ? pageHeight : pageWidth);
  }

  /** Draw nothing from now on. */
  stop(reason) {
    this.stopped = true;
    this.fail(new Error(`pdf.js: ${reason}`));
    const patience = new Promise((resolve) => setTimeout(resolve, 2000)); // a stuck worker does not answer
    Promise.race([this.loading?.destroy(), patience]).catch(() => {}).finally(() => this.worker?.terminate());
  }
}

/** Keep the text on the picture, whatever width it is shown at; `width` is that of the page in points. */
function fitted(element, letters, width) {
  const fit = () => letters.style.setProperty("--total-scale-factor", element.clientWidth / width);
  new ResizeObserver(fit).observe(element);
  return element;
}
