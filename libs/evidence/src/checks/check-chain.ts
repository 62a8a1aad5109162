import { decodeEvent, isLogError } from "@p4/channel";
import type { SpvCrypto } from "@p4/spv";
import type { EvidenceFile } from "../evidence-file.ts";
import { failed, proved, type EvidenceCheck } from "../report.ts";
import { sha256Text } from "../text-bytes.ts";
import type { RecordedEvent } from "./recorded-event.ts";

export interface CheckedChain {
  readonly check: EvidenceCheck;
  /** Empty when the chain does not hold. */
  readonly events: readonly RecordedEvent[];
}

/** Hashes every stored text again and follows the chain from the first event to the head that was signed. */
export function checkChain(file: EvidenceFile, crypto: SpvCrypto): CheckedChain {
  const sha256Hex = sha256Text(crypto);
  const { head, eventCount } = file.manifest.value;
  const events: RecordedEvent[] = [];
  let previous = { streamVersion: 0, hash: "" };
  for (const { line, part, value } of file.events) {
    const { streamVersion, storedAtMs, text } = value;
    const broken = (statement: string): CheckedChain => ({
      check: failed("HASH_CHAIN", statement, { line, part }),
      events: [],
    });
    if (streamVersion <= previous.streamVersion) {
      return broken(`Event ${streamVersion} stands after event ${previous.streamVersion}: versions only grow.`);
    }
    const read = readStored(text, streamVersion);
    if (typeof read === "string") return broken(`The event cannot be read: ${read}.`);
    if (read.metadata.previousHash !== previous.hash) {
      const before = previous.streamVersion === 0 ? "the channel's first event" : `event ${previous.streamVersion}`;
      return broken(`The chain is broken: this event does not carry the hash of what is before it (${before}).`);
    }
    previous = { streamVersion, hash: sha256Hex(text) };
    events.push({ line, part, streamVersion, storedAtMs, hash: previous.hash, event: read });
  }
  return headCheck();

  function headCheck(): CheckedChain {
    const sameHead = previous.streamVersion === head.streamVersion && previous.hash === head.headHash;
    if (!sameHead || eventCount !== events.length || head.channelId !== file.header.value.channelId) {
      const statement = `The chain ends with event ${previous.streamVersion} and the hash ${previous.hash}: that is not the head in the manifest.`;
      return { check: failed("HASH_CHAIN", statement, file.manifest), events: [] };
    }
    const statement =
      events.length === 1
        ? "The one event is the channel's first, and the head by its hash: it was not changed, and none was put before it."
        : `The ${events.length} events form one chain of hashes: none was changed, removed, added or moved between the first and event ${head.streamVersion}.`;
    return { check: proved("HASH_CHAIN", statement), events };
  }
}

/** The event, or why the text is none. */
function readStored(text: string, streamVersion: number): RecordedEvent["event"] | string {
  try {
    const event = decodeEvent(text, streamVersion);
    // One value, one text: otherwise members that occur twice would be read differently by different verifiers.
    if (JSON.stringify(JSON.parse(text)) !== text) return "it is not in the exact form in which events are written";
    return event;
  } catch (error) {
    // Nesting too deep for the engine is the one other fault: it must not take the verifier with it.
    return isLogError(error) ? error.message : "it is nested too deeply";
  }
}
