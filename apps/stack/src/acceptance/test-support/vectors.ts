import { readFileSync } from "node:fs";
import { join } from "node:path";

export { envelopeBody } from "@p4/spv/testing";

/** A case of `libs/spv/vectors`. Loosely typed on purpose: it is outside data. */
export interface VectorCase {
  readonly name: string;
  readonly group?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly input: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly expected: any;
}

const directory = join(import.meta.dirname, "..", "..", "..", "..", "..", "libs", "spv", "vectors");

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function loadVectors(file: string): any {
  return JSON.parse(readFileSync(join(directory, `${file}.json`), "utf8"));
}

export const envelopes = loadVectors("envelopes");
export const tscProofs = loadVectors("tsc-proofs");
export const bumps = loadVectors("bump");
export const messages = loadVectors("dpp-messages");
export const published = loadVectors("third-party-spec-examples");

/**
 * A header file with every block that the vectors name, with its height where they tell it. For roots that are printed
 * without their header, one is made around the root: what the source is asked about is the root and the height.
 */
export function headerFileOf(): string {
  const known: string[] = [envelopes, tscProofs, published].flatMap(({ headers }) => Object.values<string>(headers));
  for (const { input } of published.tsc) {
    if (input.callback !== undefined) known.push(input.callback.callbackPayload.target);
  }
  const heights = new Map<string, string>();
  const roots: [string, string[]][] = Object.entries(bumps.knownRoots);
  for (const { expected } of [...published.bump, ...published.beef]) {
    roots.push([String(expected.blockHeight), [expected.merkleRoot]]);
  }
  for (const [height, merkleRoots] of roots) {
    for (const merkleRoot of merkleRoots) {
      const wire = Buffer.from(merkleRoot, "hex").reverse().toString("hex");
      if (!known.some((header) => header.slice(72, 136) === wire)) known.push(headerAround(wire));
      heights.set(wire, height);
    }
  }
  return known.map((header) => `${header} ${heights.get(header.slice(72, 136)) ?? ""}`.trim()).join("\n");
}

function headerAround(merkleRootWire: string): string {
  return `00000020${"00".repeat(32)}${merkleRootWire}${"00000000ffff7f2000000000"}`;
}

/** An unsigned mAPI envelope around a callback's payload. */
export function unsignedEnvelope(payload: object): string {
  const unsigned = { signature: null, publicKey: null, encoding: "UTF-8", mimetype: "application/json" };
  return JSON.stringify({ payload: JSON.stringify(payload), ...unsigned });
}
