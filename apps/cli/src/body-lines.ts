import { eventTexts, type TimelineEntry } from "@p4/channel";

const indent = "    ";

/** The body that an event came with, as JSON is read best, and else as it is; none where there was none. */
export function bodyLines({ event }: Pick<TimelineEntry, "event">): string[] {
  const { body } = eventTexts(event);
  return body === null
    ? []
    : [
        ...prettyText(body)
          .split("\n")
          .map((line) => indent + line),
        "",
      ];
}

function prettyText(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
