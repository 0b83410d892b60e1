// Search: the passages themselves.

import { hitButton } from "./answer.js";
import { post } from "./api.js";
import { h, problem, shortened } from "./dom.js";

export function searchView() {
  const input = h("input", { type: "search", id: "query", required: true, placeholder: "Words or a question" });
  const results = h("div", { "aria-live": "polite" });
  let turn = 0;
  const search = async (event) => {
    event.preventDefault();
    const query = input.value.trim();
    if (!query) return;
    const mine = ++turn;
    results.replaceChildren(h("p", { class: "dim" }, "Searching …"));
    const nodes = await post("/search", { query, k: 20 }).then(found).catch((error) => [problem(error)]);
    if (mine === turn) results.replaceChildren(...nodes);
  };
  const element = h("section", { class: "plain", "aria-label": "Search" },
    h("h1", {}, "Search"),
    h("form", { class: "line", onsubmit: search, role: "search" },
      h("label", { for: "query", class: "unseen" }, "Search for"), input, h("button", { type: "submit" }, "Search")),
    results);
  return { element, show: () => input.focus() };
}

function found({ query, searched_for: searched, hits }) {
  if (!hits.length) return [h("p", {}, "No passage was found.")];
  const words = searched.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) || [];
  return [
    searched !== query ? h("p", { class: "note" }, `Searched for: ${searched}`) : "",
    h("p", { class: "dim" }, `${hits.length} passages, the best first`),
    h("ol", { class: "hits" }, hits.map((hit) => h("li", {}, hitButton(hit, marked(around(hit.text, words), words))))),
  ];
}

/** The part of a passage in which the first of the words stands. */
function around(text, words) {
  const lower = text.toLowerCase();
  const first = Math.min(...words.map((word) => lower.indexOf(word)).filter((at) => at >= 0), text.length);
  const start = first === text.length ? 0 : Math.max(0, lower.lastIndexOf(" ", Math.max(0, first - 80)) + 1);
  return (start ? "… " : "") + shortened(text.slice(start), 320);
}

function marked(text, words) {
  if (!words.length) return text;
  const known = new Set(words);
  return text.split(/([\p{L}\p{N}]+)/u).map((part) => (known.has(part.toLowerCase()) ? h("mark", {}, part) : part));
}
