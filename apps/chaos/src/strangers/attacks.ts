import { eavesdrop } from "./attacks/eavesdrop.ts";
import { eventStreams } from "./attacks/event-streams.ts";
import { fillChannel } from "./attacks/fill-channel.ts";
import { forgedProofs } from "./attacks/forged-proofs.ts";
import { hoard } from "./attacks/hoard.ts";
import { largeMessages } from "./attacks/large-messages.ts";
import { messageTooLarge } from "./attacks/message-too-large.ts";
import { nonsense } from "./attacks/nonsense.ts";
import { oddWords } from "./attacks/odd-words.ts";
import { oneBurst } from "./attacks/one-burst.ts";
import { refusedJoins } from "./attacks/refused-joins.ts";
import { slowRequests } from "./attacks/slow-requests.ts";
import { staleCrowd } from "./attacks/stale-crowd.ts";
import { usedId } from "./attacks/used-id.ts";
import { waitingRequests } from "./attacks/waiting-requests.ts";
import type { Attack } from "./stranger.ts";

/** All that strangers try, by name. */
export const attacks = {
  "large messages": largeMessages,
  hoard,
  "full channel": fillChannel,
  "used message id": usedId,
  "forged proofs": forgedProofs,
  eavesdropping: eavesdrop,
  "odd words": oddWords,
  "refused joins": refusedJoins,
  "message too large": messageTooLarge,
  "one burst": oneBurst,
  "event streams": eventStreams,
  "slow requests": slowRequests,
  "waiting requests": waitingRequests,
  nonsense,
  "stale crowd": staleCrowd,
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;
