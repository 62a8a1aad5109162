import { PaydError } from "../errors.ts";

/**
 * The query's parameters, each at most once. Throws PAYD_INVALID_REQUEST for one that is not in `names` or comes twice: a
 * misspelt filter must not look like one that found everything.
 */
export function readQuery<Name extends string>(
  query: URLSearchParams,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const known: readonly string[] = names;
  for (const name of query.keys()) {
    const shown = name.slice(0, 64);
    if (!known.includes(name)) {
      const rule = known.length === 0 ? "there are none here" : `those here are ${known.join(", ")}`;
      throw new PaydError("PAYD_INVALID_REQUEST", `${shown}: is not a parameter of this query: ${rule}`);
    }
    if (query.getAll(name).length > 1) {
      throw new PaydError("PAYD_INVALID_REQUEST", `${shown}: must be given once`);
    }
  }
  return Object.fromEntries(query) as Partial<Record<Name, string>>;
}
