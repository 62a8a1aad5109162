/** @throws Error that names the option and the rule. */
export function within(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text !== "" && value >= least && value <= most) return value;
  throw new Error(`--${name}: a number from ${String(least)} to ${String(most)}, not ${text}`);
}

/** @throws Error that names the option and the rule. */
export function whole(name: string, text: string, least: number, most: number): number {
  const value = within(name, text, least, most);
  if (Number.isSafeInteger(value)) return value;
  throw new Error(`--${name}: a whole number, not ${text}`);
}
