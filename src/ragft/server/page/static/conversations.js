// Conversations, kept in this browser: the newest first, the oldest given up where there is no more room.

import { forgetAll, remember, remembered } from "./remembering.js";

const KEY = "ragft.conversations";
const MOST = 50;

export function conversations() {
  try {
    const kept = JSON.parse(remembered(KEY) || "[]");
    return Array.isArray(kept) ? kept.filter((one) => one && one.id && Array.isArray(one.exchanges)) : [];
  } catch {
    return [];
  }
}

export function newConversation() {
  return { id: crypto.getRandomValues(new Uint32Array(2)).join("-"), changed: Date.now(), exchanges: [] };
}

/** Keep a conversation; other windows' are left as they are. */
export function keep(conversation) {
  conversation.changed = Date.now();
  save([conversation, ...conversations().filter((one) => one.id !== conversation.id)].slice(0, MOST));
}

export function forget(id) {
  save(conversations().filter((one) => one.id !== id));
}

function save(all) {
  for (let count = all.length; count > 0; count -= 1) {
    if (remember(KEY, JSON.stringify(all.slice(0, count)))) return; // else no room: once more without the oldest
  }
  forgetAll(KEY);
}

const KEPT = ["question", "answer", "refused", "reason", "why", "remarks", "model"];
const OF_CITATION = ["number", "title", "pages", "page_labels", "quote", "chunk_id", "document_id", "start", "end"];
const OF_EVIDENCE = ["title", "pages", "section", "chunk_id", "document_id"];

/** What is kept of an answer: what is shown of it. */
export function kept(answer) {
  const some = (names, from) => Object.fromEntries(names.map((name) => [name, from[name]]));
  const nearest = answer.refused ? answer.evidence.slice(0, 3) : [];
  return {
    ...some(KEPT, answer),
    citations: answer.citations.map((one) => some(OF_CITATION, one)),
    evidence: nearest.map((one) => ({ ...some(OF_EVIDENCE, one), text: one.text.slice(0, 300) })),
  };
}

/** The exchanges as the server takes them. */
export function historyOf(conversation) {
  return conversation.exchanges.slice(-20).flatMap(({ question, answer }) => [
    { role: "user", content: question },
    { role: "assistant", content: answer.answer },
  ]);
}
