// Base and tuned on the same evidence, without their names, and a vote.

import { answerNodes } from "./answer.js";
import { get, post } from "./api.js";
import { h, problem, svg } from "./dom.js";

const VOTES = [["left", "A is better"], ["same", "No difference"], ["right", "B is better"]];

export function compareView() {
  const input = h("textarea", { id: "both", rows: 2, required: true, placeholder: "A question for both models" });
  const ask = h("button", { type: "submit" }, "Ask both");
  const pair = h("div", { class: "pair", "aria-live": "polite" });
  const counts = h("div", {});
  const submit = async (event) => {
    event.preventDefault();
    const question = input.value.trim();
    if (!question) return;
    ask.disabled = true;
    pair.replaceChildren(h("p", { class: "dim" }, "Both are answering …"));
    try {
      pair.replaceChildren(...shown(await post("/votes", { question }), () => count(counts)));
    } catch (error) {
      pair.replaceChildren(problem(error));
    }
    ask.disabled = false;
  };
  const element = h("section", { class: "plain wide", "aria-label": "Compare" },
    h("h1", {}, "Compare base and tuned"),
    h("p", { class: "dim" }, "Both models answer from the same passages, in an order drawn by chance. Vote, and see "
      + "which was which."),
    h("form", { class: "line", onsubmit: submit },
      h("label", { for: "both", class: "unseen" }, "Question"), input, ask),
    pair, h("h2", {}, "Votes so far"), counts);
  return { element, show: () => count(counts) };
}

function shown({ id, left, right }, voted) {
  const names = [h("span", {}, "Answer A"), h("span", {}, "Answer B")];
  const card = (name, answer) =>
    h("article", {}, h("h2", {}, name), h("div", { class: "answer" }, answerNodes(answer)));
  const bar = h("div", { class: "bar votes", role: "group", "aria-label": "Your vote" });
  const vote = async (choice) => {
    try {
      const found = await post(`/votes/${id}`, { vote: choice });
      const role = (side) => (found.tuned === side ? "tuned" : "base");
      names[0].textContent = `Answer A: ${role("left")} (${found.left})`;
      names[1].textContent = `Answer B: ${role("right")} (${found.right})`;
      const won = choice === "same" ? "no difference" : role(choice);
      bar.replaceChildren(h("p", { role: "status" }, `Your vote: ${won}.`));
      await voted();
    } catch (error) {
      bar.append(problem(error));
    }
  };
  bar.append(...VOTES.map(([side, text]) => h("button", { type: "button", onclick: () => vote(side) }, text)));
  return [h("div", { class: "cards" }, card(names[0], left), card(names[1], right)), bar];
}

async function count(place) {
  try {
    const { counts } = await get("/votes");
    place.replaceChildren(...(counts.length ? counts.map(row) : [h("p", { class: "dim" }, "None yet.")]));
  } catch (error) {
    place.replaceChildren(problem(error));
  }
}

function row({ base_model: base, tuned_model: tuned, votes, same, for_tuned: won, share, low, high }) {
  const percent = (part) => Math.round(100 * part);
  const said = share === null
    ? `${votes} votes, all without a difference.`
    : `${won} of ${votes - same} votes for tuned: ${percent(share)} % `
      + `(95 % interval ${percent(low)} to ${percent(high)} %)`
      + `${same ? `; ${same} without a difference` : ""}.`;
  return h("div", { class: "count" }, h("p", {}, h("strong", {}, tuned), " against ", h("strong", {}, base)),
    share === null ? null : interval(share, low, high, said), h("p", {}, said));
}

function interval(share, low, high, said) {
  return svg("svg", { viewBox: "-5 0 210 16", class: "interval", role: "img", "aria-label": said },
    svg("line", { x1: 0, x2: 200, y1: 8, y2: 8, class: "axis" }),
    svg("line", { x1: 100, x2: 100, y1: 1, y2: 15, class: "axis" }),
    svg("line", { x1: 200 * low, x2: 200 * high, y1: 8, y2: 8, class: "reach" }),
    svg("circle", { cx: 200 * share, cy: 8, r: 4, class: "point" }));
}
