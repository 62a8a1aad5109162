import { oneOf, whole, type Setting } from "@p4/testkit/command-line";

/** The system is as it should be, unless one is named. */
export const sabotageOf = <const T extends string>(names: readonly T[]): Setting<T | null> => oneOf(names, null);
export const seed = whole(1, 0, 2 ** 31);
/** How appends that wait for one stream are sent. */
export const batches = oneOf(["adaptive", "always", "never"], "adaptive");
export const copyClass = oneOf(["async", "sync"], "async");
