"use strict";
const list = document.getElementById("questions");
for (const button of document.querySelectorAll("button[data-show]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("button[data-show]")) other.setAttribute("aria-pressed", String(other === button));
    for (const item of list.children) item.hidden = !(button.dataset.show === "all" || item.dataset.tags.split(" ").includes(button.dataset.show));
  });
}
addEventListener("beforeprint", () => { for (const item of document.querySelectorAll("#questions > details")) item.open = true; });
