import { createHash } from "node:crypto";
import { StoreError } from "@p4/event-store";

/** The description of one object, as every NATS client writes and reads it. */
export interface ObjectInfo {
  readonly name: string;
  readonly bucket: string;
  /** Its chunks are the messages on this token's subject, in their order. */
  readonly nuid: string;
  readonly size: number;
  readonly chunks: number;
  readonly digest: string;
  readonly mtime: string;
  readonly deleted: boolean;
  readonly options: { readonly max_chunk_size: number };
}

/** What the other clients take. The last chunk may be shorter. */
export const chunkBytes = 128 * 1024;

/** SHA-256 in base64url with its padding. */
export function digestOf(bytes: Uint8Array): string {
  return `SHA-256=${padded(createHash("sha256").update(bytes).digest("base64url"))}`;
}

/** An object's name as one token of a subject. */
export function nameToken(name: string): string {
  return padded(Buffer.from(name).toString("base64url"));
}

/** Throws STORE_BLOB_DAMAGED for a description that is none, a link to another object among them. */
export function readObjectInfo(text: string, where: string): ObjectInfo {
  const info = parse(text);
  const { nuid, size, chunks, digest, deleted } = info;
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const isWhole = typeof nuid === "string" && isCount(size) && isCount(chunks) && typeof digest === "string";
  if (!isWhole) throw new StoreError("STORE_BLOB_DAMAGED", `${where}: its description cannot be read`);
  return { ...(info as unknown as ObjectInfo), deleted: deleted === true };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const padded = (base64url: string): string => base64url.padEnd(Math.ceil(base64url.length / 4) * 4, "=");
