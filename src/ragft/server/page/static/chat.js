// The chat: questions, answers as they are checked, and the conversations that are kept.

import { answerNodes, growing } from "./answer.js";
import { events, Failure, get } from "./api.js";
import { conversations, forget, historyOf, keep, kept, newConversation } from "./conversations.js";
import { h, problem, shortened } from "./dom.js";

export function chatView() {
  return new Chat();
}

class Chat {
  constructor() {
    this.conversation = newConversation();
    this.stopping = null;
    this.log = h("div", { class: "log", role: "log", "aria-label": "Conversation", tabindex: 0 });
    this.past = h("ul", {});
    this.model = h("select", { id: "chat-model" }, h("option", { value: "ragft" }, "ragft"));
    this.within = h("select", { id: "chat-within" }, h("option", { value: "" }, "all documents"));
    this.input = h("textarea", {
      id: "question", rows: 2, placeholder: "Ask your papers", onkeydown: (event) => this.key(event),
    });
    this.send = h("button", { type: "submit" }, "Ask");
    this.form = h("form", { class: "ask", onsubmit: (event) => this.submit(event) },
      h("label", { for: "question", class: "unseen" }, "Question"), this.input, this.send,
      h("div", { class: "options" },
        h("label", { for: "chat-model" }, "Answered by"), this.model,
        h("label", { for: "chat-within" }, "from"), this.within));
    this.drawer = h("details", { class: "past" }, h("summary", {}, "Conversations"),
      h("button", { type: "button", class: "quiet", onclick: () => this.begin() }, "New conversation"), this.past);
    this.drawer.open = window.matchMedia("(min-width: 901px)").matches;
    this.element = h("section", { class: "chat", "aria-label": "Chat" }, this.drawer,
      h("div", { class: "talk" }, h("h1", { class: "unseen" }, "Chat"), this.log, this.form));
    this.list();
    this.redraw();
  }

  async show() {
    if (window.matchMedia("(hover: hover)").matches) this.input.focus(); // a telephone would show its keyboard
    try {
      const [models, documents] = await Promise.all([get("/v1/models"), get("/documents")]);
      const names = models.data.map((one) => one.id).filter((id) => /^ragft(\/|$)/.test(id));
      refill(this.model, names.map((id) => [id, id]));
      const readable = documents.documents.filter((one) => one.chunks > 0);
      refill(this.within, [["", "all documents"], ...readable.map((one) => [one.id, shortened(one.title, 60)])]);
      this.empty = !readable.length;
      if (!this.conversation.exchanges.length && !this.stopping) this.redraw();
    } catch (error) {
      this.log.append(problem(error));
    }
  }

  begin(conversation = newConversation()) {
    this.stopping?.abort();
    this.conversation = conversation;
    this.redraw();
    this.list();
    if (window.matchMedia("(max-width: 900px)").matches) this.drawer.open = false;
    this.input.focus();
  }

  list() {
    this.past.replaceChildren(...conversations().map((one) => {
      const name = shortened(one.exchanges[0]?.question || "Empty", 60);
      const current = one.id === this.conversation.id ? "true" : null;
      return h("li", {},
        h("button", { type: "button", class: "quiet", "aria-current": current, onclick: () => this.begin(one) }, name),
        h("button", {
          type: "button", class: "quiet", "aria-label": `Delete: ${name}`, title: "Delete",
          onclick: () => this.drop(one.id),
        }, "×"));
    }));
  }

  drop(id) {
    forget(id);
    if (id === this.conversation.id) this.begin();
    else this.list();
  }

  redraw() {
    const turns = this.conversation.exchanges.map(({ question, answer }) =>
      h("article", {}, h("p", { class: "question" }, question), h("div", { class: "answer" }, answerNodes(answer))));
    this.log.replaceChildren(...(turns.length ? turns : [this.welcome()]));
    this.log.scrollTop = this.log.scrollHeight;
  }

  welcome() {
    if (this.empty) {
      return h("div", { class: "welcome" }, h("p", {}, "No papers have been read yet."),
        h("p", {}, h("a", { href: "#/documents" }, "Add documents"), " and ask them."));
    }
    return h("div", { class: "welcome" }, h("p", {}, "Ask a question. Each sentence is shown once it has been checked "
      + "against your papers; a number opens the page it stands on."));
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  submit(event) {
    event.preventDefault();
    if (this.stopping) return this.stopping.abort();
    const question = this.input.value.trim();
    if (!question) return this.input.focus();
    this.input.value = "";
    return this.ask(question);
  }

  async ask(question) {
    const conversation = this.conversation;
    const body = h("div", { class: "answer", "aria-busy": "true" });
    const doing = h("p", { class: "doing", role: "status" }, "Searching …");
    const article = h("article", {}, h("p", { class: "question" }, question), body, doing);
    this.log.querySelector(".welcome")?.remove();
    this.log.append(article);
    this.log.scrollTop = this.log.scrollHeight;
    const stopping = new AbortController();
    this.stopping = stopping;
    this.send.textContent = "Stop";
    try {
      const answer = await this.stream(question, conversation, { body, doing, signal: stopping.signal });
      this.follow(() => body.replaceChildren(...answerNodes(answer).filter(Boolean)));
      conversation.exchanges.push({ question, answer: kept(answer) });
      keep(conversation);
    } catch (error) {
      const said = error.name === "AbortError" ? h("p", { class: "note" }, "Stopped.") : problem(error);
      body.append(said);
      if (!this.input.value && conversation === this.conversation) this.input.value = question;
    }
    body.removeAttribute("aria-busy");
    doing.remove();
    if (this.stopping === stopping) { // else another question is being answered already
      this.stopping = null;
      this.send.textContent = "Ask";
    }
    this.list();
  }

  async stream(question, conversation, { body, doing, signal }) {
    let text = "";
    const documents = this.within.value ? [this.within.value] : [];
    const asked = { question, model: this.model.value, history: historyOf(conversation), documents, stream: true };
    for await (const [name, data] of events("/ask", asked, signal)) {
      if (name === "status") doing.textContent = statusLine(data);
      if (name === "text") {
        text += data.text;
        this.follow(() => body.replaceChildren(...growing(text)));
      }
      if (name === "answer") return data;
      if (name === "error") throw new Failure(data.error.message, data.error);
    }
    throw new Failure("The connection ended before the answer did.", { fix: "ask again" });
  }

  /** Stay at the end, unless the reader has gone back; of what does not fit the beginning is shown. */
  follow(change) {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    const atEnd = scrollHeight - scrollTop - clientHeight < 80;
    change();
    const last = this.log.lastElementChild;
    if (atEnd && last) last.scrollIntoView({ block: last.offsetHeight > clientHeight ? "start" : "end" });
  }
}

function statusLine({ doing, titles }) {
  const what = doing.charAt(0).toUpperCase() + doing.slice(1);
  return titles.length ? `${what}: ${shortened([...new Set(titles)].join(" · "), 140)}` : `${what} …`;
}

function refill(select, options) {
  const value = select.value;
  select.replaceChildren(...options.map(([id, name]) => h("option", { value: id }, name)));
  if (options.some(([id]) => id === value)) select.value = value;
}
