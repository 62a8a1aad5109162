/** The key of a frame in either dialect; empty when it has none. */
export function keyOf(text: string): string {
  return /"(?:key|type)":"([^"]*)"/.exec(text)?.[1] ?? "";
}

export function channelIdOf(text: string): string {
  return /"channelI[dD]":"([^"]*)"/.exec(text)?.[1] ?? "";
}

/** The value of a header in either dialect. */
export function headerIn(text: string, name: string): string {
  return new RegExp(`"${name}":\\[?"([^"]*)"`).exec(text)?.[1] ?? "";
}

export function withHeader(text: string, name: string, value: string): string {
  return text.replace(new RegExp(`("${name}":\\[?")[^"]*"`), `$1${value}"`);
}

/** RFC 3339 without a fraction. */
export function timeText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
