import { channelStates, type ChannelStateName } from "./channel.machine.ts";

/** What states were called when evidence files and state hashes were recorded that are still read. */
const formerNames: Readonly<Record<string, ChannelStateName>> = { awaitingPaymentRequest: "awaitingTermsRequest" };

/** Every name that a recorded state may have. */
export const recordedStates: readonly string[] = [...channelStates, ...Object.keys(formerNames)];

/** The state's name of today. */
export const stateOfRecord = (recorded: string): string => formerNames[recorded] ?? recorded;

/** The name that a state has in hashes: it stays, so that those of before can be compared. */
export function hashedStateName(state: ChannelStateName): string {
  return Object.keys(formerNames).find((former) => formerNames[former] === state) ?? state;
}
