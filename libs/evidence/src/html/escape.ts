import { visibleText } from "@p4/protocol";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Any text as HTML, for content and for quoted attributes. Line breaks and tabs stay; other unseen characters are shown. */
export function escapeHtml(text: string): string {
  return visibleText(
    text.replace(/[&<>"']/g, (character) => entities[character] ?? ""),
    "\n\t",
  );
}

/** A foreign text: isolated, so that its direction does not leak into ours. */
export function foreignText(text: string): string {
  return text === "" ? "" : `<bdi>${escapeHtml(text)}</bdi>`;
}

/** One of our own names, such as `awaitingPayment` or `payment.ack`: it may break before a capital and after a dot. */
export function nameText(name: string): string {
  return escapeHtml(name).replace(/(?<=[a-z])(?=[A-Z])|(?<=\.)/g, "<wbr>");
}

/** A sentence with hashes and keys in it: those are set as code. */
export function sentenceText(sentence: string): string {
  return escapeHtml(sentence).replace(/\b[0-9a-f]{64,66}\b/g, (hash) => `<code>${hash}</code>`);
}

/** An identifier or hash, in a fixed-width face, that may break anywhere. */
export function codeText(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}
