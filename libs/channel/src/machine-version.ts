import { channelMachine } from "./channel.machine.ts";
import type { Sha256Hex } from "./event-codec.ts";
import { currentSchemaVersion } from "./upcast.ts";

/** Raise it when a guard or `applyEvent` changes what a recorded log folds to: the table below does not show those. */
const foldRevision = 2;

/**
 * Names the machine that folds a log, as `<fold revision>.<event schema version>-<12 hex digits>`. The digits are of the
 * hash of its table of states and transitions, so that it changes by itself when the table does.
 */
export function machineVersion(sha256Hex: Sha256Hex): string {
  const { initial, states } = channelMachine.config;
  const table = JSON.stringify({ initial, states });
  return `${foldRevision}.${currentSchemaVersion}-${sha256Hex(table).slice(0, 12)}`;
}
