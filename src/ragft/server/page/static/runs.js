// Runs with their loss curves and reports, and the work in the background.

import { get, post } from "./api.js";
import { h, problem, svg } from "./dom.js";

export function runsView() {
  const runs = h("div", {});
  const jobs = h("div", {});
  const element = h("section", { class: "plain", "aria-label": "Runs" },
    h("h1", {}, "Runs"), runs, h("h2", {}, "Work in the background"),
    h("button", { type: "button", class: "quiet", onclick: () => fill(jobs, jobList(jobs)) }, "Look again"), jobs);
  const show = () => Promise.all([fill(runs, runList()), fill(jobs, jobList(jobs))]);
  return { element, show };
}

async function fill(place, nodes) {
  try {
    place.replaceChildren(...(await nodes));
  } catch (error) {
    place.replaceChildren(problem(error));
  }
}

async function runList() {
  const { runs } = await get("/runs");
  if (!runs.length) {
    return [h("p", { class: "dim" }, "No model has been tuned here yet: ", h("code", {}, "ragft build-model"), ".")];
  }
  return runs.map(run);
}

function run({ name, trained, models, reported }) {
  const place = `/runs/${encodeURIComponent(name)}`;
  const curve = h("div", {});
  const names = Object.entries(models).map(([role, model]) => `${role}: ${model}`);
  const facts = [trained ? "trained" : "not trained to its end", ...names];
  fill(curve, curveOf(place, name));
  return h("article", { class: "run" }, h("h2", {}, name), h("p", { class: "dim" }, facts.join(" · ")), curve,
    reported
      ? h("a", { class: "button", href: `${place}/report`, target: "_blank", rel: "noopener" }, "Open the report")
      : h("p", { class: "dim" }, "No report yet: ", h("code", {}, `ragft benchmark --run ${name}`)));
}

async function curveOf(place, name) {
  const { points } = await get(`${place}/curve`);
  const lineOf = (key) => points.filter((one) => Number.isFinite(one[key])).map((one) => [one.step, one[key]]);
  const lines = [["training", lineOf("loss")], ["held-out", lineOf("eval_loss")]];
  const drawn = lines.filter(([, places]) => places.length > 1);
  return drawn.length ? [chart(drawn, name)] : [];
}

function chart(lines, name) {
  const all = lines.flatMap(([, places]) => places);
  const [steps, losses] = [all.map(([step]) => step), all.map(([, loss]) => loss)];
  const [most, least, last] = [Math.max(...losses), Math.min(...losses), Math.max(...steps)];
  const x = (step) => 40 + (350 * step) / (last || 1);
  const y = (loss) => 110 - (95 * (loss - least)) / (most - least || 1);
  const said = lines.map(([label, places]) =>
    `${label}: ${places[0][1].toFixed(2)} to ${places.at(-1)[1].toFixed(2)}`).join("; ");
  const text = (attributes, words) => svg("text", attributes, words);
  const drawn = lines.map(([, places], index) => svg("polyline", {
    points: places.map(([step, loss]) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(" "),
    class: `line${index}`,
  }));
  return h("figure", {},
    svg("svg", { viewBox: "0 0 400 132", class: "chart", role: "img", "aria-label": `Loss of ${name}. ${said}` },
      svg("line", { x1: 40, x2: 390, y1: 110, y2: 110, class: "axis" }),
      text({ x: 34, y: 19, "text-anchor": "end" }, most.toFixed(2)),
      text({ x: 34, y: 113, "text-anchor": "end" }, least.toFixed(2)),
      text({ x: 40, y: 127 }, "step 0"), text({ x: 390, y: 127, "text-anchor": "end" }, `step ${last}`), ...drawn),
    h("figcaption", {}, lines.map(([label], index) => h("span", { class: `key line${index}` }, label)), ` ${said}`));
}

async function jobList(place) {
  const { jobs } = await get("/jobs");
  if (!jobs.length) return [h("p", { class: "dim" }, "None.")];
  return [h("ul", { class: "documents" }, jobs.slice(0, 30).map((one) => job(one, place)))];
}

function job(one, place) {
  const far = one.total ? `, ${one.done} of ${one.total}` : "";
  const when = new Date(1000 * one.created).toLocaleString();
  const act = async (what) => {
    try {
      await post(`/jobs/${encodeURIComponent(one.id)}/${what}`);
      await fill(place, jobList(place));
    } catch (error) {
      place.prepend(problem(error));
    }
  };
  const button = (name, what) => h("button", {
    type: "button", class: "quiet", "aria-label": `${name}: ${one.kind}, ${when}`, onclick: () => act(what),
  }, name);
  return h("li", {},
    h("div", {}, h("strong", {}, one.kind), ` ${one.status}${far}`, h("p", { class: "dim" }, `${when} ${one.label}`),
      one.error ? problem(one.error) : null),
    h("div", { class: "bar" }, one.ended === null ? button("Cancel", "cancel") : null,
      ["cancelled", "interrupted", "failed"].includes(one.status) ? button("Resume", "resume") : null));
}
