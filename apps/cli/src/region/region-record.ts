import { isSignedBy, signStatement } from "@p4/evidence";
import { createDocumentStore, type Broker } from "@p4/nats";
import { nodeCrypto } from "@p4/node-crypto";
import type { RegionRow, Step } from "@p4/regions";
import type { SigningKey } from "../evidence/key-file.ts";

/** What an operator has done to a region, signed. Kept with the region's records, one for each row of its table. */
export interface RegionRecord {
  readonly command: string;
  readonly atMs: number;
  readonly before: RegionRow | null;
  readonly after: RegionRow;
  readonly steps: readonly Step["do"][];
  /** Files of what a deposed home had of its own. */
  readonly tails: readonly string[];
}

interface SignedRecord {
  readonly record: RegionRecord;
  readonly publicKey: string;
  readonly signature: string;
}

/** Told apart from everything else that the key signs. */
const statementOf = (record: RegionRecord): string => `p4 region record 1\n${JSON.stringify(record)}`;

const records = (broker: Broker, region: string) => createDocumentStore(broker, { region, name: "records" });

const prefix = "region.";
const keyOf = ({ epoch, turn }: RegionRow): string => `${prefix}${String(epoch)}.${String(turn)}`;

/** @param broker of the region's home */
export async function keepRecord(broker: Broker, record: RegionRecord, key: SigningKey): Promise<void> {
  const signed: SignedRecord = { record, ...signStatement(statementOf(record), key.privateKeyHex) };
  await records(broker, record.after.region).set(keyOf(record.after), new TextEncoder().encode(JSON.stringify(signed)));
}

/** The records of a region, oldest first; `isSigned`: the signature is that of `publicKey`. */
export async function readRecords(
  broker: Broker,
  region: string,
): Promise<(RegionRecord & { readonly publicKey: string; readonly isSigned: boolean })[]> {
  const found = [];
  for await (const { bytes } of records(broker, region).entries(prefix)) {
    const { record, publicKey, signature } = JSON.parse(new TextDecoder().decode(bytes)) as SignedRecord;
    found.push({
      ...record,
      publicKey,
      isSigned: isSignedBy(statementOf(record), { publicKey, signature }, nodeCrypto),
    });
  }
  return found.sort((left, right) => left.atMs - right.atMs);
}
