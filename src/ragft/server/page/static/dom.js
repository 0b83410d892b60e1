// Builds the page from nodes. No text is ever made into HTML, so nothing that a model or a document says can run.

/** An element. Properties that begin with "on" are listeners, null and false leave an attribute out. */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Text between its first and last word, at most `length` characters. */
export function shortened(text, length) {
  const plain = text.replace(/\s+/g, " ").trim();
  return plain.length <= length ? plain : `${plain.slice(0, plain.lastIndexOf(" ", length) || length)} …`;
}

/** What went wrong, and what helps. */
export function problem(error) {
  return h("div", { class: "problem", role: "alert" },
    h("p", {}, error.message),
    error.fix ? h("p", {}, "What helps: ", h("code", {}, error.fix)) : null);
}

/** How a place is called: its page as it is printed, else as it is counted. */
export function pageName(pages, labels) {
  const first = labels?.[0] || pages?.[0];
  return first ? `p. ${first}` : "";
}

export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
