import type { EndReason, MerchantSession } from "@p4/client";
import { isStoreError } from "@p4/event-store";
import type { Logger } from "@p4/telemetry";
import { PaydError } from "../errors.ts";
import { needsChannel, type ChannelEnd } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordChannel } from "../invoice/invoice-steps.ts";

export interface ChannelsOptions {
  readonly invoices: InvoiceRepository;
  /** Begins to join the invoice's channel, handlers attached. */
  readonly open: (invoiceId: string) => MerchantSession;
  readonly now: () => number;
  readonly joinTimeoutMs: number;
  readonly logger: Logger;
}

/** The channels that this wallet is in: one session per invoice, which reconnects by itself. */
export class Channels {
  readonly #options: ChannelsOptions;
  readonly #sessions = new Map<string, MerchantSession>();
  #closing = false;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Joins the invoice's channel and returns once the server has said so; again and again is once.
   * Throws PAYD_INVOICE_UNKNOWN, PAYD_INVOICE_OVER, PAYD_CHANNEL_UNREACHABLE.
   */
  async connect(invoiceId: string): Promise<void> {
    const { invoices, joinTimeoutMs } = this.#options;
    const invoice = await invoices.get(invoiceId);
    if (invoice === null) throw new PaydError("PAYD_INVOICE_UNKNOWN", `invoice ${invoiceId} does not exist`);
    if (invoice.channel !== "none" && invoice.channel !== "joined") throw channelOver(invoiceId, invoice.channel);
    // The invoice was read meanwhile: a session that is opened now would outlive this wallet.
    if (this.#closing) throw new PaydError("PAYD_CHANNEL_UNREACHABLE", "this wallet is shutting down");
    const known = this.#sessions.get(invoiceId);
    const session = known ?? this.#open(invoiceId);
    let end: ChannelEnd | null = null;
    const stopListening = session.on("ended", ({ reason }) => (end = endOf(reason)));
    try {
      const { channelState } = await session.joined({ timeoutMs: joinTimeoutMs });
      // A channel that is over lets its parties in, to tell them what is pending; then it says so.
      if (channelState === "expired" || channelState === "closed") end = channelState;
    } catch (error) {
      // One that was joined before is only away for a moment and keeps trying.
      if (known === undefined) session.close();
      if (end !== null) throw channelOver(invoiceId, end);
      throw new PaydError("PAYD_CHANNEL_UNREACHABLE", `channel ${invoiceId}: ${reasonOf(error)}`, { cause: error });
    } finally {
      stopListening();
    }
    if (end !== null) {
      await this.#markEnded(invoiceId, end);
      throw channelOver(invoiceId, end);
    }
    await invoices.update(invoiceId, (current) => recordChannel(current, "joined"));
  }

  /** After a restart: joins again wherever something may still happen. Sessions connect in the background. */
  async resume(): Promise<readonly string[]> {
    const resumed: string[] = [];
    for await (const invoice of this.#options.invoices.all()) {
      if (this.#closing) break;
      if (!needsChannel(invoice, this.#options.now()) || this.#sessions.has(invoice.id)) continue;
      this.#open(invoice.id);
      resumed.push(invoice.id);
    }
    return resumed;
  }

  close(): void {
    this.#closing = true;
    for (const session of this.#sessions.values()) session.close();
  }

  #open(invoiceId: string): MerchantSession {
    const session = this.#options.open(invoiceId);
    this.#sessions.set(invoiceId, session);
    session.on("ended", ({ reason, error }) => {
      if (this.#sessions.get(invoiceId) === session) this.#sessions.delete(invoiceId);
      if (reason === "local") return;
      this.#options.logger.info({ invoiceId, reason, code: error.code }, "channel ended");
      const end = endOf(reason);
      if (end !== null) void this.#markEnded(invoiceId, end);
    });
    return session;
  }

  async #markEnded(invoiceId: string, end: ChannelEnd): Promise<void> {
    try {
      await this.#options.invoices.update(invoiceId, (invoice) => recordChannel(invoice, end));
    } catch (error) {
      // Harmless: after a restart the server says once more that the channel is over.
      const code = isStoreError(error) ? error.code : undefined;
      this.#options.logger.warn({ invoiceId, code, error }, "end of channel not stored");
    }
  }
}

/** Null where nothing is said of the channel: `refused` may be a matter of configuration (a token), and be mended. */
function endOf(reason: EndReason): ChannelEnd | null {
  return reason === "expired" || reason === "closed" ? reason : null;
}

function channelOver(invoiceId: string, end: ChannelEnd | "ended"): PaydError {
  const words = { expired: "has expired", closed: "was closed", ended: "is over" } as const;
  return new PaydError("PAYD_INVOICE_OVER", `channel ${invoiceId} ${words[end]}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
