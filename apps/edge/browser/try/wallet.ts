import { customer, type CustomerSession, isSessionError } from "@p4/client";
import type { DppPaymentRequest } from "@p4/protocol";
import { checkProof, type CheckedProof } from "./check-proof.ts";
import { recordedSocket, type Record } from "./recorded-socket.ts";
import { signPayment, type SignedPayment } from "./sign-payment.ts";

/** How far the wallet has come with one request; what has not happened yet is null. */
export interface WalletState {
  readonly request: DppPaymentRequest | null;
  readonly busy: string | null;
  readonly signed: Omit<SignedPayment, "body"> | null;
  readonly ack: { readonly accepted: boolean; readonly memo: string | null } | null;
  readonly proof: CheckedProof | null;
  readonly trouble: string | null;
}

/** The customer's wallet of this page, for one channel at a time. */
export class Wallet {
  readonly #session: CustomerSession;
  readonly #show: (state: WalletState) => void;
  #state: WalletState;
  #closed = false;

  constructor(socketUrl: string, record: Record, show: (state: WalletState) => void) {
    this.#session = customer(socketUrl, { appId: "p4/try", webSocket: recordedSocket("customer", record) });
    this.#show = show;
    this.#state = {
      request: null,
      busy: null,
      signed: null,
      ack: null,
      proof: null,
      trouble: null,
    };
  }

  /** Asks for the payment request. */
  open(): Promise<void> {
    return this.#try("Asking for the payment request", async () => {
      await this.#session.joined();
      if (this.#session.merchantPresent === false) {
        this.#update({ busy: "No merchant has joined this channel yet: waiting for one" });
      }
      const { body } = await this.#session.requestTerms();
      if (body.form !== "dpp.paymentRequest") {
        throw new Error(`This wallet pays requests in DPP's form; this one is ${body.form}.`);
      }
      this.#update({ request: body.value });
    });
  }

  /** Signs and pays; then waits for the proof, as long as the page is open. */
  async pay(): Promise<void> {
    const { request } = this.#state;
    if (request === null) return;
    await this.#try("Paying", async () => {
      const { body, ...signed } = await signPayment(request, this.#session.channelId);
      this.#update({ signed });
      const { accepted, memo } = await this.#session.pay(body);
      this.#update({ ack: { accepted, memo } });
    });
    const { ack, signed } = this.#state;
    if (ack?.accepted !== true || signed === null) return;
    await this.#session
      .waitForProof({
        txid: signed.txid,
        accept: async ({ bodyText }) => {
          const proof = await checkProof(bodyText ?? "", signed.txid);
          this.#update({ proof });
          return proof.ok;
        },
      })
      .catch((error: unknown) => this.#update({ trouble: wordsOf(error) }));
  }

  /** From then on it shows nothing: the page has another wallet. */
  close(): void {
    this.#closed = true;
    this.#session.close();
  }

  async #try(busy: string, step: () => Promise<void>): Promise<void> {
    this.#update({ busy, trouble: null });
    try {
      await step();
    } catch (error) {
      this.#update({ trouble: wordsOf(error) });
    }
    this.#update({ busy: null });
  }

  #update(changes: Partial<WalletState>): void {
    this.#state = { ...this.#state, ...changes };
    if (!this.#closed) this.#show(this.#state);
  }
}

function wordsOf(error: unknown): string {
  if (isSessionError(error) && error.code === "ALREADY_PAID")
    return "This request is paid already: ask for another one.";
  if (isSessionError(error)) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
