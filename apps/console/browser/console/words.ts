/** `awaiting terms request` for `awaitingTermsRequest`. */
export function stateText(state: string): string {
  return state.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export function stateClass(state: string): string {
  if (state === "settled") return "chip good";
  if (state === "damaged") return "chip bad";
  return state === "expired" || state === "closed" || state === "unopened" ? "chip" : "chip accent";
}

const units = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
  { name: "s", ms: 1_000 },
] as const;

/** `now`, `12 s`, `4 min`, `3 h`, `2 d`: how long ago, or how long it takes. */
export function spanText(ms: number): string {
  const unit = units.find((each) => ms >= each.ms);
  return unit === undefined ? "now" : `${String(Math.floor(ms / unit.ms))} ${unit.name}`;
}

/** As exact as steps of a protocol want it: `12 ms`, `3.4 s`. */
export function stepText(ms: number): string {
  if (Math.abs(ms) < 1_000) return `${String(Math.round(ms))} ms`;
  return Math.abs(ms) < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms < 0 ? "-" : ""}${spanText(Math.abs(ms))}`;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
