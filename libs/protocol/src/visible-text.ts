/**
 * Characters that steer whatever shows them instead of being seen: C0, DEL and C1 controls (escape sequences), line and
 * paragraph separators, marks of the direction of writing, invisible ones, and surrogates without their partner.
 */
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

const shortForms: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * The text with each unseen character as JSON would escape it: `\n`, `\u001b`, `\u202e`. For every place that shows what a
 * peer wrote: it stays on its line, in its colour, in its order. JSON that has been through it has the same value.
 *
 * @param kept characters that stay as they are, such as "\n\t" where line breaks and tabs do no harm
 */
export function visibleText(text: string, kept = ""): string {
  return text.replace(unseen, (character) =>
    kept.includes(character) ? character : (shortForms[character] ?? unicodeEscape(character)),
  );
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
