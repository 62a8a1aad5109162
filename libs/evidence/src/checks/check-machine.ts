import {
  isEnded,
  isLogError,
  machineVersion,
  stateName,
  stateOfRecord,
  timelineOf,
  type StoredText,
  type Timeline,
} from "@p4/channel";
import type { SpvCrypto } from "@p4/spv";
import type { EvidenceFile } from "../evidence-file.ts";
import { failed, notProved, proved, type CheckPlace, type EvidenceCheck } from "../report.ts";
import { sha256Text } from "../text-bytes.ts";

export interface FoldedMachine {
  readonly checks: readonly EvidenceCheck[];
  readonly timeline: Timeline["entries"];
  /** The channel is at its end: the machine takes nothing of a wallet after the last event. */
  readonly ended: boolean;
}

/** Folds the events through the channel's machine: each must be a step that the channel could take. */
export function checkMachine(file: EvidenceFile, crypto: SpvCrypto): FoldedMachine {
  const sha256Hex = sha256Text(crypto);
  let place: CheckPlace = file.header;
  function* stored(): Generator<StoredText> {
    for (const event of file.events) {
      place = event;
      yield event.value;
    }
  }
  try {
    const { channel, entries } = timelineOf(stored(), sha256Hex);
    const state = stateName(channel.snapshot);
    const checks = [stateCheck(file, state), ...versionCheck(file, machineVersion(sha256Hex))];
    const { channelId } = channel.snapshot.context;
    if (channelId !== file.header.value.channelId) {
      checks.push(failed("MACHINE", `The events are those of the channel ${channelId}.`, file.header));
    }
    return { checks, timeline: entries, ended: isEnded(channel.snapshot) };
  } catch (error) {
    // Data of another shape than the event's type has makes the machine throw what it never throws for our own events.
    const detail = isLogError(error) || error instanceof Error ? error.message : "unknown fault";
    return { checks: [failed("MACHINE", `The event cannot follow: ${detail}.`, place)], timeline: [], ended: false };
  }
}

function stateCheck(file: EvidenceFile, state: string): EvidenceCheck {
  const recorded = file.manifest.value.state;
  return state === stateOfRecord(recorded)
    ? proved("MACHINE", `Each event is a step that the channel could take; the last leaves it in the state ${state}.`)
    : failed(
        "MACHINE",
        `The events lead to the state ${state}, not to ${recorded} as the manifest says.`,
        file.manifest,
      );
}

function versionCheck(file: EvidenceFile, ours: string): EvidenceCheck[] {
  const theirs = file.header.value.machineVersion;
  if (theirs === ours) return [];
  const statement = `The file was made with the channel machine ${theirs} and folded here with ${ours}: that both mean the same by each state is not proved.`;
  return [notProved("MACHINE", statement, file.header)];
}
