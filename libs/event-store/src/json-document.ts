import type { StoredDocument } from "./document-store.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The bytes of a document that holds JSON. */
export function encodeDocument(value: object): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Reads what `encodeDocument` wrote; its shape is not checked. Null for no document. */
export function decodeDocument<T>(document: Pick<StoredDocument, "bytes">): T;
export function decodeDocument<T>(document: Pick<StoredDocument, "bytes"> | null): T | null;
export function decodeDocument<T>(document: Pick<StoredDocument, "bytes"> | null): T | null {
  return document === null ? null : (JSON.parse(decoder.decode(document.bytes)) as T);
}
