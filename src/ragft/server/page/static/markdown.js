// Markdown as nodes: paragraphs, headings, lists, tables, quotes, code, formulas. HTML in it stays text.

import { h } from "./dom.js";
import { formula } from "./formulas.js";

const FENCE = /^\s*(```+|~~~+)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^\s*>\s?(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const INLINE = new RegExp([
  "(?<code>`+)(?<codeText>[^`]+?)\\k<code>",
  "\\$\\$(?<display>[^$]+?)\\$\\$",
  "\\$(?<math>[^\\s$](?:[^$\\n]*?[^\\s$\\\\])?)\\$(?!\\d)",
  "\\\\\\((?<math2>.+?)\\\\\\)",
  "\\*\\*(?<strong>[^*]+?)\\*\\*",
  "(?<![\\w*])\\*(?<em>[^*\\s](?:[^*\\n]*?[^*\\s])?)\\*(?![\\w*])",
  "(?<![\\w_])_(?<em2>[^_\\s](?:[^_\\n]*?[^_\\s])?)_(?![\\w_])",
  "\\[(?<mark>\\d{1,3})\\]",
  "\\[(?<label>[^\\]\\n]+)\\]\\((?<target>https?://[^\\s)]+)\\)",
  "(?<url>https?://[^\\s<>\"]*[^\\s<>\".,;:!?)\\]])",
].join("|"), "g");

/** The nodes of a text; `cite(number)` gives the node of a mark like [1], or null where it leads nowhere. */
export function markdown(text, cite = () => null) {
  return blocks(text.replace(/\r\n?/g, "\n").split("\n"), cite);
}

function blocks(lines, cite) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const [node, next] = block(lines, at, cite);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

function block(lines, at, cite) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  if (FENCE.test(line)) return fenced(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return [h(`h${Math.min(6, heading[1].length + 2)}`, {}, inline(heading[2], cite)), at + 1];
  if (/^\s*(\\\[|\$\$)\s*$/.test(line)) return displayed(lines, at);
  if (ITEM.test(line)) return list(lines, at, cite);
  if (QUOTE.test(line)) return quoted(lines, at, cite);
  if (line.includes("|") && TABLE_RULE.test(lines[at + 1] || "") && lines[at + 1].includes("-")) {
    return table(lines, at, cite);
  }
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !begins(lines[end])) end += 1;
  return [h("p", {}, inline(lines.slice(at, end).join("\n"), cite)), end];
}

function begins(line) {
  return FENCE.test(line) || HEADING.test(line) || ITEM.test(line) || QUOTE.test(line);
}

function fenced(lines, at) {
  const fence = FENCE.exec(lines[at])[1];
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  return [h("pre", { tabindex: 0 }, h("code", {}, lines.slice(at + 1, end).join("\n"))), end + 1];
}

function displayed(lines, at) {
  const closing = lines[at].trim() === "$$" ? "$$" : "\\]";
  let end = at + 1;
  while (end < lines.length && lines[end].trim() !== closing) end += 1;
  return [formula(lines.slice(at + 1, end).join(" "), true), end + 1];
}

function list(lines, at, cite) {
  const [, indent, sign] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(sign);
  const items = [];
  let here = at;
  while (here < lines.length) {
    const item = ITEM.exec(lines[here]);
    if (!item || item[1].length > indent.length + 1 || /\d/.test(item[2]) !== ordered) break;
    const inner = [item[3]];
    here += 1;
    while (here < lines.length && lines[here].trim() && (!ITEM.test(lines[here]) || deeper(lines[here], indent))) {
      inner.push(lines[here].slice(Math.min(indent.length + 2, lines[here].search(/\S/))));
      here += 1;
    }
    const nodes = blocks(inner, cite);
    items.push(h("li", {}, nodes[0]?.tagName === "P" ? [...nodes[0].childNodes, ...nodes.slice(1)] : nodes));
    while (here < lines.length - 1 && !lines[here].trim() && ITEM.test(lines[here + 1])) here += 1;
  }
  const start = ordered && parseInt(sign, 10) !== 1 ? parseInt(sign, 10) : null;
  return [h(ordered ? "ol" : "ul", { start }, items), Math.max(here, at + 1)];
}

function deeper(line, indent) {
  return line.search(/\S/) > indent.length + 1;
}

function quoted(lines, at, cite) {
  const inner = [];
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) inner.push(QUOTE.exec(lines[end++])[1]);
  return [h("blockquote", {}, blocks(inner, cite)), end];
}

function table(lines, at, cite) {
  const row = (line, tag) =>
    h("tr", {}, line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => h(tag, {}, inline(cell.trim(), cite))));
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const body = lines.slice(at + 2, end).map((line) => row(line, "td"));
  const whole = h("table", {}, h("thead", {}, row(lines[at], "th")), h("tbody", {}, body));
  return [h("div", { class: "scroll", tabindex: 0 }, whole), end];
}

function inline(text, cite) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(INLINE)) {
    const node = inlineNode(match.groups, cite);
    if (!node) continue;
    const before = text.slice(done, match.index);
    nodes.push(match.groups.mark ? before.trimEnd() : before, node);
    done = match.index + match[0].length;
  }
  nodes.push(text.slice(done));
  return nodes;
}

function inlineNode(found, cite) {
  if (found.code) return h("code", {}, found.codeText);
  if (found.display) return formula(found.display, true);
  if (found.math || found.math2) return formula(found.math || found.math2, false);
  if (found.strong) return h("strong", {}, inline(found.strong, cite));
  if (found.em || found.em2) return h("em", {}, inline(found.em || found.em2, cite));
  if (found.mark) return cite(Number(found.mark));
  const target = found.target || found.url;
  return h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, found.label || target);
}
