// Starts the page: which part is shown, the theme, the form for the key.

import { post, whenKeyIsMissing } from "./api.js";
import { chatView } from "./chat.js";
import { compareView } from "./compare.js";
import { documentsView } from "./documents.js";
import { h, problem } from "./dom.js";
import { remember, remembered } from "./remembering.js";
import { runsView } from "./runs.js";
import { searchView } from "./search.js";
import { closeViewer } from "./viewer.js";

const VIEWS = { chat: chatView, search: searchView, documents: documentsView, compare: compareView, runs: runsView };
const TITLES = { chat: "Chat", search: "Search", documents: "Documents", compare: "Compare", runs: "Runs" };
const THEMES = ["auto", "light", "dark"];

const main = document.getElementById("main");
const shown = {};

function show() {
  const asked = location.hash.replace(/^#\/?/, "");
  const name = VIEWS[asked] ? asked : "chat";
  if (!shown[name]) {
    shown[name] = VIEWS[name]();
    shown[name].element.dataset.view = name;
    main.append(shown[name].element);
  }
  for (const [other, view] of Object.entries(shown)) view.element.hidden = other !== name;
  for (const link of document.querySelectorAll("#top nav a")) {
    if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${TITLES[name]} · ragft`;
  closeViewer({ focus: false });
  shown[name].show?.();
}

function themed() {
  const button = document.getElementById("theme");
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  const kept = remembered("ragft.theme");
  apply(THEMES.includes(kept) ? kept : "auto");
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    remember("ragft.theme", next);
    apply(next);
  });
}

let asking = null;

/** One form, however many requests wait for the key. */
function askForKey() {
  asking ??= new Promise((resolve) => keyForm(resolve)).finally(() => (asking = null));
  return asking;
}

function keyForm(resolve) {
  const input = h("input", { type: "password", autocomplete: "current-password", required: true, id: "key" });
  const said = h("div", {});
  const give = async (event) => {
    event.preventDefault();
    try {
      await post("/key", { key: input.value });
      dialog.close("given");
    } catch (error) {
      said.replaceChildren(problem(error));
      input.select();
    }
  };
  const dialog = h("dialog", { "aria-labelledby": "key-title" },
    h("form", { onsubmit: give },
      h("h2", { id: "key-title" }, "This server asks for its key"),
      h("label", { for: "key" }, "Key, as given to ragft serve"), input, said,
      h("button", { type: "submit" }, "Open")));
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "given");
  });
  document.body.append(dialog);
  dialog.showModal();
}

whenKeyIsMissing(askForKey);
themed();
window.addEventListener("hashchange", show);
show();
