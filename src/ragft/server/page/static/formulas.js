// Formulas in the part of TeX that answers use, as MathML, which browsers draw by themselves. The rest stays as it is.

const SPACE = "http://www.w3.org/1998/Math/MathML";
const SIGNS = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ϵ", varepsilon: "ε", zeta: "ζ", eta: "η", theta: "θ",
  iota: "ι", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ",
  upsilon: "υ", phi: "ϕ", varphi: "φ", chi: "χ", psi: "ψ", omega: "ω", Gamma: "Γ", Delta: "Δ", Theta: "Θ",
  Lambda: "Λ", Xi: "Ξ", Pi: "Π", Sigma: "Σ", Phi: "Φ", Psi: "Ψ", Omega: "Ω", infty: "∞", ell: "ℓ", partial: "∂",
  nabla: "∇", emptyset: "∅", hbar: "ℏ",
};
const OPERATORS = {
  times: "×", cdot: "·", div: "÷", pm: "±", mp: "∓", le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠",
  approx: "≈", sim: "∼", equiv: "≡", propto: "∝", in: "∈", notin: "∉", subset: "⊂", subseteq: "⊆", cup: "∪",
  cap: "∩", to: "→", rightarrow: "→", leftarrow: "←", Rightarrow: "⇒", mapsto: "↦", sum: "∑", prod: "∏", int: "∫",
  forall: "∀", exists: "∃", ldots: "…", dots: "…", cdots: "⋯", ll: "≪", gg: "≫", odot: "⊙", otimes: "⊗",
  oplus: "⊕", mid: "|", Vert: "‖", langle: "⟨", rangle: "⟩", "{": "{", "}": "}", "%": "%", "|": "‖", ast: "∗",
};
const NAMES = new Set(["log", "ln", "exp", "sin", "cos", "tan", "max", "min", "arg", "lim", "det", "softmax", "Pr"]);
const FONTS = new Set(["text", "mathrm", "textrm", "operatorname", "mathbf", "textbf", "mathit", "mathcal", "mathbb"]);
const ACCENTS = { hat: "^", bar: "¯", tilde: "~", vec: "→", dot: "˙", overline: "¯" };
const GAPS = new Set([",", ";", ":", "!", " ", "quad", "qquad", "left", "right", "displaystyle"]);
const TOKEN = /\\([A-Za-z]+|.)|\d+(?:\.\d+)?|\s+|[^\s\\]/gu;
const DEEPEST = 40;

/** A formula as a `math` element; where it says more than is known here, its TeX as code. */
export function formula(tex, display) {
  const math = element("math");
  if (display) math.setAttribute("display", "block");
  try {
    const tokens = (tex.match(TOKEN) || []).filter((token) => token.trim());
    math.append(...row(tokens, { at: 0, depth: 0 }, null));
    return math;
  } catch {
    const code = document.createElement("code");
    code.textContent = tex.trim();
    return code;
  }
}

function element(name, ...children) {
  const made = document.createElementNS(SPACE, name);
  made.append(...children);
  return made;
}

function row(tokens, place, closing) {
  if (++place.depth > DEEPEST) throw new Error("too deep");
  const nodes = [];
  while (place.at < tokens.length && tokens[place.at] !== closing) {
    const token = tokens[place.at];
    if (token === "^" || token === "_") {
      place.at += 1;
      nodes.push(script(nodes.pop() || element("mrow"), token, argument(tokens, place)));
    } else {
      const node = atom(tokens, place);
      if (node) nodes.push(node);
    }
  }
  if (closing && tokens[place.at++] !== closing) throw new Error("not closed");
  place.depth -= 1;
  return nodes;
}

function script(base, sign, raised) {
  const other = base.localName === "msub" && sign === "^" ? "msubsup" : null;
  if (other) return element(other, ...base.childNodes, raised);
  return element(sign === "^" ? "msup" : "msub", base, raised);
}

function argument(tokens, place) {
  if (place.at >= tokens.length) throw new Error("nothing follows");
  if (tokens[place.at] === "{") {
    place.at += 1;
    return element("mrow", ...row(tokens, place, "}"));
  }
  return atom(tokens, place) || element("mrow");
}

function atom(tokens, place) {
  const token = tokens[place.at++];
  if (token === "{") return element("mrow", ...row(tokens, place, "}"));
  if (token === "}") throw new Error("closed too often");
  if (token.startsWith("\\")) return command(token.slice(1), tokens, place);
  if (/^\d/.test(token)) return element("mn", token);
  return element(/\p{L}/u.test(token) ? "mi" : "mo", token === "-" ? "−" : token);
}

function command(name, tokens, place) {
  if (GAPS.has(name)) return null;
  if (SIGNS[name]) return element("mi", SIGNS[name]);
  if (OPERATORS[name]) return element("mo", OPERATORS[name]);
  if (NAMES.has(name)) return element("mi", name);
  if (name === "frac") return element("mfrac", argument(tokens, place), argument(tokens, place));
  if (name === "sqrt") return element("msqrt", argument(tokens, place));
  if (ACCENTS[name]) return element("mover", argument(tokens, place), element("mo", ACCENTS[name]));
  if (FONTS.has(name)) return element("mtext", argument(tokens, place).textContent);
  throw new Error(`unknown: ${name}`);
}
