import { recordedStates } from "@p4/channel";
import { signedRootOf } from "./anchor/read-anchor.ts";
import type { AnchorProof } from "./anchor/anchor.ts";
import {
  durabilityClasses,
  type ChannelHead,
  type EvidenceBlock,
  type EvidenceEvent,
  type EvidenceHeader,
  type EvidenceManifest,
  type KeySignature,
} from "./evidence-contents.ts";
import { PartShapeError, readPartJson, type PartFields } from "./part-json.ts";

// Member order is the order in which they are read here, and the writer's. All readers throw PartShapeError.

const hash = /^[0-9a-f]{64}$/;
const name = /^[^\0-\x1f]{1,200}$/;
const eventPattern = /^(0|[1-9]\d{0,15}) (0|[1-9]\d{0,15}) (.*)$/s;

export function readHeader(content: string): EvidenceHeader {
  const fields = readPartJson(content);
  const header: EvidenceHeader = {
    channelId: channelIdOf(fields),
    region: fields.text("region", /^[A-Za-z0-9_-]{1,64}$/, "1 to 64 of A-Z a-z 0-9 _ -"),
    shard: fields.count("shard"),
    durability: fields.oneOf("durability", durabilityClasses),
    machineVersion: fields.text("machineVersion", name, "a text of 1 to 200 characters"),
    softwareVersion: fields.text("softwareVersion", name, "a text of 1 to 200 characters"),
    exportedAtMs: fields.count("exportedAtMs"),
    operatorKey: publicKeyOf(fields, "operatorKey"),
  };
  fields.end();
  return header;
}

export function formatEvent({ streamVersion, storedAtMs, text }: EvidenceEvent): string {
  return `${streamVersion} ${storedAtMs} ${text}`;
}

export function readEvent(content: string): EvidenceEvent {
  const [, streamVersion = "", storedAtMs = "", text = ""] = eventPattern.exec(content) ?? [];
  const event = { streamVersion: Number(streamVersion), storedAtMs: Number(storedAtMs), text };
  if (streamVersion === "" || !Number.isSafeInteger(event.streamVersion) || !Number.isSafeInteger(event.storedAtMs)) {
    throw new PartShapeError("event: must be `streamVersion storedAtMs text`");
  }
  return event;
}

export function readBlock(content: string): EvidenceBlock {
  const fields = readPartJson(content);
  const block: EvidenceBlock = {
    header: fields.text("header", /^[0-9a-f]{160}$/, "160 lower-case hex digits"),
    height: fields.countOrNull("height"),
    source: fields.text("source", name, "a text of 1 to 200 characters"),
  };
  fields.end();
  return block;
}

export function readManifest(content: string): EvidenceManifest {
  const fields = readPartJson(content);
  const manifest: EvidenceManifest = {
    head: headOf(fields.object("head")),
    eventCount: fields.count("eventCount"),
    state: fields.oneOf("state", recordedStates),
    parts: fields.list("parts").map(partEntry),
  };
  fields.end();
  return manifest;
}

export function readKeySignature(content: string): KeySignature {
  const fields = readPartJson(content);
  const signature = {
    publicKey: publicKeyOf(fields, "publicKey"),
    signature: fields.text("signature", /^[0-9a-f]{16,144}$/, "a signature in hex"),
  };
  fields.end();
  return signature;
}

export function readAnchorProof(content: string): AnchorProof {
  const fields = readPartJson(content);
  const proof: AnchorProof = {
    signedRoot: signedRootOf(fields.object("signedRoot")),
    head: headOf(fields.object("head")),
    index: fields.count("index"),
    path: fields.list("path").map((item) => {
      if (typeof item !== "string" || !hash.test(item)) throw new PartShapeError("path: must be a list of hashes");
      return item;
    }),
  };
  fields.end();
  return proof;
}

function headOf(fields: PartFields): ChannelHead {
  const head = {
    channelId: channelIdOf(fields),
    streamVersion: fields.count("streamVersion"),
    headHash: fields.hash("headHash"),
  };
  fields.end();
  return head;
}

function partEntry(item: unknown): readonly [string, string] {
  if (Array.isArray(item) && item.length === 2) {
    const [part, sha256] = item as readonly unknown[];
    if (typeof part === "string" && typeof sha256 === "string" && hash.test(sha256)) return [part, sha256];
  }
  throw new PartShapeError("parts: must be a list of [part, hash]");
}

function channelIdOf(fields: PartFields): string {
  return fields.text("channelId", /^[A-Za-z0-9_-]{1,64}$/, "1 to 64 of A-Z a-z 0-9 _ -");
}

function publicKeyOf(fields: PartFields, member: string): string {
  return fields.text(member, /^0[23][0-9a-f]{64}$/, "a compressed public key in lower-case hex");
}
