import type { Dialect, Role } from "@p4/protocol";
import { fail, skip } from "./check.ts";
import { Peer, type Manners, type PeerOptions } from "./peer.ts";
import { randomHex } from "./random.ts";
import { RawPeer, type UpgradeHead } from "./raw/raw-peer.ts";
import type { ConnectTcp } from "./raw/tcp.ts";
import type { Target } from "./target.ts";
import { pauseMs, until } from "./until.ts";

export interface KitOptions {
  readonly target: Target;
  /** How long one expected thing may take. */
  readonly waitMs: number;
  readonly connectTcp: ConnectTcp | null;
  /** Shared by the checks of one run. */
  readonly manners?: Manners;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface HttpCall {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const joinAttempts = 3;

/** What one check works with. Everything that it opens is closed at its end. */
export class Kit {
  readonly target: Target;
  readonly waitMs: number;
  readonly #connectTcp: ConnectTcp | null;
  readonly #manners: Manners;
  readonly #open: { close(): void }[] = [];
  readonly #ended = new AbortController();

  constructor({ target, waitMs, connectTcp, manners = { answersRefused: true } }: KitOptions) {
    this.target = target;
    this.waitMs = waitMs;
    this.#connectTcp = connectTcp;
    this.#manners = manners;
  }

  /** Letters and digits only, as the strictest of the deployed wallets wants it. */
  newChannelId(): string {
    return `conf${randomHex(10)}`;
  }

  /** Joins and waits for join.success. Fails the check when it is refused. */
  join(channelId: string, query: string = this.#dialectQuery, protocols: readonly string[] = []): Promise<Peer> {
    return this.#enter(`${channelId}${query === "" ? "" : `?${query}`}`, {
      channelId,
      dialect: this.target.dialect,
      waitMs: this.waitMs,
      manners: this.#manners,
      protocols,
    });
  }

  /** A customer of a given dialect. */
  joinIn(dialect: Dialect, channelId: string): Promise<Peer> {
    const { waitMs } = this;
    return this.#enter(`${channelId}?dialect=${dialect}`, { channelId, dialect, waitMs, manners: this.#manners });
  }

  /** A server that is busy may refuse a join for a moment. */
  async #enter(pathBelowBase: string, options: PeerOptions): Promise<Peer> {
    for (let attempt = 1; ; attempt++) {
      if (this.#ended.signal.aborted) fail("the check is over");
      const peer = new Peer(`${this.target.socketBase}/${pathBelowBase}`, options);
      this.#open.push(peer);
      const isTurnedAway = await peer.isTurnedAway();
      if (isTurnedAway && attempt < joinAttempts) {
        await pauseMs(300);
        continue;
      }
      await peer.hear("join.success");
      return peer;
    }
  }

  /** As deployed wallets join: the merchant with `internal=true`, the customer without. */
  joinAs(role: Role, channelId: string, more = ""): Promise<Peer> {
    const claim = role === "merchant" ? "internal=true&" : "";
    return this.join(channelId, `${claim}${this.#dialectQuery}${more}`);
  }

  /** A merchant and a customer on a channel of their own. */
  async meet(): Promise<{ channelId: string; merchant: Peer; customer: Peer }> {
    const channelId = this.newChannelId();
    const merchant = await this.joinAs("merchant", channelId);
    return { channelId, merchant, customer: await this.joinAs("customer", channelId) };
  }

  /** An HTTP request below the server's base URL. A check that has failed meanwhile may leave it alone. */
  http(path: string, call: HttpCall = {}): Promise<HttpAnswer> {
    const answer = this.#call(path, call);
    answer.catch(() => undefined);
    return answer;
  }

  async #call(path: string, { method = "GET", body, headers = {} }: HttpCall): Promise<HttpAnswer> {
    const timeout = AbortSignal.timeout(this.waitMs * 2);
    const response = await this.fetch(path, { method, headers, ...(body === undefined ? {} : { body }) }, timeout);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** For answers that are read piece by piece. Ends with the check. */
  async fetch(path: string, init: RequestInit, timeout?: AbortSignal): Promise<Response> {
    const { httpBase } = this.target;
    if (httpBase === null) return skip("the server's HTTP surface is not tested");
    const signal = AbortSignal.any([this.#ended.signal, ...(timeout === undefined ? [] : [timeout])]);
    try {
      return await fetch(`${httpBase}${path}`, { redirect: "manual", ...init, signal });
    } catch (error) {
      return fail(`${init.method ?? "GET"} ${path} was not answered: ${String(error)}`);
    }
  }

  post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.http(path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
  }

  /** An upgrade with the path exactly as given, once its answer is here. */
  async raw(pathBelowBase: string, changed: UpgradeHead = {}): Promise<RawPeer> {
    if (this.#connectTcp === null) return skip("there is no TCP connector");
    const url = new URL(this.target.socketBase);
    const peer = await RawPeer.connect(url, `${url.pathname}/${pathBelowBase}`, this.#connectTcp, changed);
    this.#open.push(peer);
    await until(() => (peer.status !== 0 || peer.closedWith !== null ? true : undefined), this.waitMs);
    return peer;
  }

  rawOn(channelId: string): Promise<RawPeer> {
    return this.raw(`${channelId}?${this.#dialectQuery}`);
  }

  end(): void {
    this.#ended.abort();
    for (const peer of this.#open.splice(0)) peer.close();
  }

  get #dialectQuery(): string {
    return `dialect=${this.target.dialect}`;
  }
}
