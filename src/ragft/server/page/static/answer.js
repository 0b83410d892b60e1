// A checked answer: its text with chips, its sources, a refusal with what came nearest.

import { h, pageName, shortened } from "./dom.js";
import { markdown } from "./markdown.js";
import { openSource } from "./viewer.js";

const REASONS = {
  no_question: "Nothing was asked of the documents.",
  no_evidence: "No passage was found.",
  weak_evidence: "The passages found are not about the question or a name in it, so no model was asked.",
  model_refused: "The model found no answer in the passages.",
  unsupported: "What the model wrote is not in the passages, so it is not shown.",
  degenerate: "The model wrote no usable answer.",
  unfinished_thought: "The model ran out of tokens before it began to answer.",
  not_in_library: "The catalogue of your documents does not have it.",
};
const NEAREST = 3;

/** Text that is still growing; its marks are shown, and lead nowhere yet. */
export function growing(text) {
  return markdown(text, (number) => h("span", { class: "chip waiting" }, String(number)));
}

/** A whole answer. */
export function answerNodes(answer) {
  if (answer.refused) return refusal(answer);
  const marks = marksOf(answer);
  return [
    ...markdown(answer.answer, (number) => marks(number)),
    ...(answer.remarks || []).map((note) => h("p", { class: "note" }, note)),
    sources(answer.citations),
  ];
}

/** Gives the chips of an answer in order: the second [1] leads to the second quote of source 1, if there is one. */
function marksOf(answer) {
  const met = new Map();
  return (number) => {
    const cited = answer.citations.filter((one) => one.number === number);
    const count = met.get(number) || 0;
    met.set(number, count + 1);
    return cited.length ? chip(cited[Math.min(count, cited.length - 1)]) : null;
  };
}

function chip(citation) {
  const page = pageName(citation.pages, citation.page_labels);
  const name = [citation.title, page].filter(Boolean).join(", ");
  return h("button", {
    type: "button", class: "chip", title: name, "aria-label": `Source ${citation.number}: ${name}`,
    onclick: (event) => openSource(placeOf(citation), event.currentTarget),
  }, String(citation.number));
}

function placeOf({ chunk_id, start, end, document_id, title, pages, quote }) {
  return { chunk: chunk_id, start, end, document: document_id, title, page: pages[0], quote };
}

function sources(citations) {
  if (!citations.length) return null;
  return h("details", { class: "sources" },
    h("summary", {}, citations.length === 1 ? "1 quotation" : `${citations.length} quotations`),
    h("ul", {}, citations.map((citation) => h("li", {}, sourceButton(citation), quotation(citation)))));
}

function sourceButton(citation) {
  const page = pageName(citation.pages, citation.page_labels);
  return h("button", {
    type: "button", class: "source", onclick: (event) => openSource(placeOf(citation), event.currentTarget),
  }, h("span", { class: "chip" }, String(citation.number)), ` ${[citation.title, page].filter(Boolean).join(", ")}`);
}

function quotation(citation) {
  return citation.quote ? h("q", {}, shortened(citation.quote, 400)) : null;
}

function refusal(answer) {
  const nearest = (answer.evidence || []).slice(0, NEAREST);
  return [h("div", { class: "refusal" },
    h("p", { class: "refused" }, answer.answer),
    h("p", {}, REASONS[answer.reason] || answer.why || ""),
    ...(answer.remarks || []).map((note) => h("p", { class: "note" }, note)),
    nearest.length ? h("p", { class: "label" }, "What came nearest") : null,
    nearest.length ? h("ul", { class: "nearest" }, nearest.map((hit) => h("li", {}, hitButton(hit)))) : null)];
}

/** A passage that opens where it stands. */
export function hitButton(hit, text = shortened(hit.text, 220)) {
  const page = pageName(hit.pages);
  const place = { chunk: hit.chunk_id, document: hit.document_id, title: hit.title, page: hit.pages[0] };
  return h("button", {
    type: "button", class: "hit", onclick: (event) => openSource(place, event.currentTarget),
  },
  h("strong", {}, hit.title), " ",
  h("span", { class: "dim" }, [page, hit.section].filter(Boolean).join(" · ")),
  h("span", { class: "text" }, text));
}
