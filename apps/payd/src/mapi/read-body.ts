import { PaydError } from "../errors.ts";

/** A fee quote is small; an answer to a double spend holds the conflicting transactions. */
const maxBytes = 1_048_576;

/** Reads a response within bounds. Throws PAYD_MINER_UNAVAILABLE beyond 1 MiB or when the bytes are not UTF-8. */
export async function readBody(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    total += part.length;
    if (total > maxBytes) throw new PaydError("PAYD_MINER_UNAVAILABLE", `answer: longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts));
}
