import { createPlaces, type InPlace } from "@p4/event-store";

/** Of what the broker lets wait for one connection before it cuts it off (64 MB): some room is left for the live feed. */
const answerBytes = 24_000_000;
/** Nearly all channels are smaller. */
const firstPageBytes = 65_536;

/**
 * - `first`: one stored message, or the first page of a channel
 * - `full`: a page as large as pages get
 */
export type AnswerSize = "first" | "full";

export interface ReadLimits {
  readonly maxPayloadBytes: number;
  /** A question waits for its place as long as for its answer. */
  readonly requestTimeoutMs: number;
}

/**
 * Bounds what answers bring over one connection together: a broker that is asked for more at once cuts the asker off.
 * First pages have places of their own, so that reads of small channels never wait for those of large ones.
 */
export class ReadPlaces {
  readonly first: InPlace;
  readonly full: InPlace;
  readonly #fullPageBytes: number;

  constructor({ maxPayloadBytes, requestTimeoutMs }: ReadLimits) {
    this.#fullPageBytes = Math.max(2_000_000, maxPayloadBytes);
    const placesFor = (size: AnswerSize): InPlace => {
      // A page ends with the message that makes it full, and no message of a stream is larger than half of the limit.
      const most = Math.floor(answerBytes / (this.pageBytes(size) + maxPayloadBytes / 2));
      return createPlaces(Math.max(1, most), { waitMs: requestTimeoutMs, name: `reads of the broker (${size})` });
    };
    this.first = placesFor("first");
    this.full = placesFor("full");
  }

  pageBytes(size: AnswerSize): number {
    return size === "first" ? firstPageBytes : this.#fullPageBytes;
  }
}
