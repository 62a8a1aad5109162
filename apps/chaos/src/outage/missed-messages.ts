import { terms } from "../wallets/bodies.ts";
import type { Recorder } from "../wallets/recorder.ts";
import { openCustomer, openMerchant } from "../wallets/sessions.ts";

export interface MissedMessagesPlan {
  readonly name: string;
  readonly channels: number;
  /** `ws://host:port` of the edges that will be cut off: the customers' ones. */
  readonly cutOff: readonly string[];
  /** Of the edge that keeps its way to the broker: the merchants' one. */
  readonly elsewhere: string;
}

/**
 * Channels on which something happens that the customer's edge cannot hear of. Every other customer has a message of its
 * own waiting for the edge then; the rest say nothing, so that no answer to them can reveal what was missed.
 */
export class MissedMessages {
  readonly #pairs: readonly Pair[];

  constructor({ name, channels, cutOff, elsewhere }: MissedMessagesPlan, recorder: Recorder) {
    this.#pairs = Array.from({ length: channels }, (_, index) => {
      const channelId = `${name}-${String(index)}`;
      const edge = cutOff[index % cutOff.length] ?? "";
      return {
        channelId,
        customer: openCustomer(channelId, [`${edge}/ws/${channelId}`], recorder),
        merchant: openMerchant(channelId, [`${elsewhere}/ws/${channelId}`], recorder),
      };
    });
  }

  async joined(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#pairs.flatMap(({ customer, merchant }) => [customer.joined({ signal }), merchant.joined({ signal })]),
    );
  }

  /** To be called while the customers' edges are cut off: their messages have to wait. */
  ask(): void {
    for (const [index, { customer }] of this.#pairs.entries()) {
      // Answered or not: what counts is the order in which the customer hears.
      if (isAsking(index)) customer.requestTerms().catch(() => undefined);
    }
  }

  /** The merchants' messages, stored past the cut: the sequence of each by channel. */
  async store(signal: AbortSignal): Promise<Map<string, number>> {
    const stored = this.#pairs.map(async ({ channelId, merchant }) => {
      const { sequence } = await merchant.offerTerms(terms, undefined, { signal });
      return [channelId, sequence ?? -1] as const;
    });
    return new Map(await Promise.all(stored));
  }

  close(): void {
    for (const { customer, merchant } of this.#pairs) {
      customer.close();
      merchant.close();
    }
  }
}

interface Pair {
  readonly channelId: string;
  readonly customer: ReturnType<typeof openCustomer>;
  readonly merchant: ReturnType<typeof openMerchant>;
}

/** Edges take turns with the index, so each has both kinds. */
function isAsking(index: number): boolean {
  return index % 4 < 2;
}
