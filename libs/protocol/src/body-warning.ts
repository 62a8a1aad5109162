import { describeWireError, type WireError } from "./errors.ts";

/** Something in a body that the server did not recognise. The body is passed on all the same: its reader judges. */
export type BodyWarning = Pick<WireError, "field" | "rule">;

/** Name of the header in which a sender is told, in a `receipt` and over HTTP. */
export const warningHeader = "x-p4-warning";

const longestWarning = 200;

/** The header's value, one short sentence. In printable ASCII, since names come from the body and HTTP allows no other. */
export function warningText({ field, rule }: BodyWarning): string {
  const text = describeWireError({ field, rule }).replace(/[^\x20-\x7e]/g, "?");
  return text.length > longestWarning ? `${text.slice(0, longestWarning - 3)}...` : text;
}
