import type { Channel, ChannelErrorCode, OutgoingMessage, Participant, SequencedEvent } from "@p4/channel";

/** What became of a command. `channel` is the state that the answer was given on. */
export type SubmitResult =
  | { readonly outcome: "stored"; readonly event: SequencedEvent; readonly channel: Channel }
  | {
      readonly outcome: "unchanged";
      /** Of a join: with the role that is granted. */
      readonly participant?: Participant;
      readonly channel: Channel;
    }
  | {
      readonly outcome: "duplicate";
      readonly streamVersion: number;
      readonly replies: readonly OutgoingMessage[];
      readonly channel: Channel;
    }
  | {
      readonly outcome: "refused";
      readonly code: ChannelErrorCode;
      readonly detail: string;
      readonly channel: Channel;
    };
