export type { Participant } from "./participant.ts";
export type * from "./recorded-message.ts";
export type * from "./events.ts";
export type * from "./commands.ts";
export { readStored, sequence, type SequencedEvent } from "./sequenced-event.ts";
export { channelErrors, LogError, isLogError, type ChannelErrorCode, type LogErrorCode } from "./errors.ts";
export type { ChannelContext, Verdict } from "./context.ts";
export type { WalletEventType } from "./context.ts";
export { acceptedPayment, isProven, standingProofs, undoes, wasSubmitted } from "./proven.ts";
export { bodyTextOf } from "./message-content.ts";
export { eventTexts } from "./event-texts.ts";
export { parsedBodyOf } from "./parsed-body.ts";
export { termsOutputs } from "./terms-outline.ts";
export { isForgotten, whole, type RememberedEvent } from "./remembered-event.ts";
export {
  channelStates,
  endsAtMs,
  isEnded,
  stateName,
  type ChannelSnapshot,
  type ChannelStateName,
} from "./channel.machine.ts";
export { type Decision, type Refusal, type Reply } from "./decision.ts";
export { decide, isOverdue } from "./decide.ts";
export { contestedMerchant, walletCommands } from "./decide-wallet.ts";
export { answerTo, findQuestion, type AnswerEvent, type QuestionEvent } from "./find-answer.ts";
export { heldBytes } from "./held-bytes.ts";
export { evolve } from "./evolve.ts";
export { messageCommand, walletCommand, type MessageFacts } from "./wallet-command.ts";
export { decodeEvent, type Sha256Hex } from "./event-codec.ts";
export {
  foldSealed,
  foldStored,
  newChannel,
  sealFor,
  type Channel,
  type FoldedEvent,
  type SealedEvent,
} from "./channel-fold.ts";
export { heardBy, pendingFor, roleListeners, type Listener } from "./heard-by.ts";
export { outgoingMessage, relayed, type OutgoingMessage, type RelayedMessage, type ServerMessage } from "./outgoing.ts";
export { machineDiagram, machineTable, type MachineTransition } from "./machine-table.ts";
export { snapshotOf, startChannelActor, type ChannelActor, type FoldStep } from "./channel-actor.ts";
export { machineVersion } from "./machine-version.ts";
export { recordedStates, stateOfRecord } from "./recorded-state.ts";
export { maxEvents, maxRecordedJoins } from "./limits.ts";
export {
  describeEvent,
  keyOf,
  speakerOf,
  startOfTimeline,
  tellNext,
  timelineOf,
  type PendingKeys,
  type StoredText,
  type Timeline,
  type TimelineEntry,
  type TimelinePosition,
} from "./timeline.ts";
export {
  stuckForMs,
  summarize,
  summarizeDamaged,
  waitsFor,
  type ChannelSummary,
  type ConnectionPlace,
} from "./channel-summary.ts";
export { deliveryOf, type Delivery } from "./delivery.ts";
export { stateHash } from "./state-hash.ts";
