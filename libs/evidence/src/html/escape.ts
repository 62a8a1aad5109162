const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// Control characters, and those that turn the direction of writing or cannot be seen: a wallet could make a text look
// like another one. Line breaks and tabs are harmless.
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Any text as HTML, for content and for quoted attributes. Invisible characters are shown as `\u202e`. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? "")
    .replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A text that somebody else wrote: isolated, so that its direction does not leak into ours. */
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
