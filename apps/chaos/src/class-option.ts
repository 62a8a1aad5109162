/** What the campaigns with regions may promise. Throws an Error that names the option and the rule. */
export function classOf(name: string): "async" | "sync" {
  if (name === "async" || name === "sync") return name;
  throw new Error(`--class: async or sync, not ${name}`);
}
