import { isStoreError } from "@p4/event-store";
import type { HttpResponse, StreamWriter } from "@p4/http";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceWatch } from "../invoice/invoice-watch.ts";
import type { CheckoutState } from "../pages/checkout-state.ts";

export interface CheckoutEventsOptions {
  readonly watch: InvoiceWatch;
  readonly read: (invoiceId: string) => Promise<Invoice>;
  readonly stateOf: (invoice: Invoice) => CheckoutState;
  readonly attend: (invoice: Invoice) => void;
  readonly now: () => number;
  /** Ends all streams: the wallet stops. */
  readonly signal: AbortSignal;
}

/** Pages that follow an invoice at the same time. */
const maxStreams = 1_000;
/** Also notices what another process of this wallet has written, and tells a proxy that the connection lives. */
const lookAgainMs = 5_000;
/** While the store is away: the page says so, and wants to take it back soon. */
const troubledLookMs = 1_000;
const finalStages: readonly CheckoutState["stage"][] = ["expired", "closed"];
const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };

/**
 * Streams of `event: state`, each with the whole state as JSON: at once, at each change, and when the store is back;
 * `event: trouble` while it is away.
 */
export class CheckoutEvents {
  readonly #options: CheckoutEventsOptions;
  #streams = 0;

  constructor(options: CheckoutEventsOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#streams >= maxStreams;
  }

  follow(invoiceId: string): HttpResponse {
    return { status: 200, headers, stream: (writer) => this.#write(invoiceId, writer) };
  }

  async #write(invoiceId: string, writer: StreamWriter): Promise<void> {
    const { watch, signal } = this.#options;
    let wake: () => void = () => undefined;
    let isNew = true;
    const endWatch = watch.on(invoiceId, () => {
      isNew = true;
      wake();
    });
    const over = AbortSignal.any([signal, writer.signal]);
    over.addEventListener("abort", () => wake(), { once: true });
    this.#streams += 1;
    try {
      let told = "";
      while (!over.aborted) {
        isNew = false;
        const state = await this.#look(invoiceId);
        const essence = state === null ? "" : essenceOf(state);
        if (state === null) writer.write("event: trouble\ndata: the store is away\n\n");
        else if (essence !== told) writer.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
        else writer.write(":\n\n");
        told = essence;
        await writer.drained();
        if (state !== null && finalStages.includes(state.stage)) return;
        if (!isNew && !over.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            setTimeout(resolve, this.#pauseMs(state)).unref();
          });
        }
      }
    } finally {
      this.#streams -= 1;
      endWatch();
    }
  }

  /** Null while the store is away: the page keeps what it shows. */
  async #look(invoiceId: string): Promise<CheckoutState | null> {
    const { read, stateOf, attend } = this.#options;
    try {
      const invoice = await read(invoiceId);
      attend(invoice);
      return stateOf(invoice);
    } catch (error) {
      if (isStoreError(error) && error.retryable) return null;
      throw error;
    }
  }

  /** Until the next look, or until the invoice expires. */
  #pauseMs(state: CheckoutState | null): number {
    if (state === null) return troubledLookMs;
    const leftMs = state.expiresAtMs - this.#options.now();
    return leftMs > 0 ? Math.min(leftMs + 1, lookAgainMs) : lookAgainMs;
  }
}

/** What differs when there is something new to see: the clock does not. */
function essenceOf(state: CheckoutState): string {
  return JSON.stringify({ ...state, nowMs: 0 });
}
