import { setTimeout as sleep } from "node:timers/promises";
import type { Msg, NatsConnection, PublishOptions, Status } from "@nats-io/transport-node";
import { PermissionViolationError } from "@nats-io/transport-node";
import { isStoreError, StoreError } from "@p4/event-store";
import { isNoResponders, toStoreError, type ApiFailure } from "./broker-errors.ts";
import { guarded, type BrokerStatus } from "./broker-status.ts";
import { WriteCoalescer } from "./write-coalescer.ts";
import { ReplyInbox } from "./reply-inbox.ts";
import { ReadPlaces } from "./read-places.ts";
import { isGateQuestion, refusalOf } from "./regions/read-gate.ts";
import { assertServerVersion } from "./server-version.ts";
import { subscribe } from "./subscribe.ts";
import { ServerHealth } from "./health/server-health.ts";

export interface BrokerSettings {
  /** Without credentials. */
  readonly url: string;
  /** Subjects of answers begin with it. */
  readonly inboxPrefix: string;
  readonly requestTimeoutMs: number;
  readonly onStatus: (status: BrokerStatus) => void;
  /** Called when the connection is back. */
  readonly onRecovered: () => void;
}

const leaveOldServerAfterMs = 1_000;
/** Open requests may end before the connection is closed. */
const closeIdleMs = 2_000;
/** What was published last reaches the broker, unless the broker is silent: the client alone would wait for 15 s. */
const closeDrainMs = 2_000;

/** One connection to the broker, shared by every store of a process. Made by `connectBroker`. */
export class Broker {
  readonly nc: NatsConnection;
  readonly inbox: ReplyInbox;
  readonly health: ServerHealth;
  readonly url: string;
  readonly requestTimeoutMs: number;
  readonly reads: ReadPlaces;
  /** What is to be published. A message that the client refuses fails the question it asks. */
  readonly writes: WriteCoalescer;
  readonly #settings: BrokerSettings;
  readonly #reconnectListeners = new Set<() => void>();
  readonly #subscribing: Parameters<typeof subscribe>[0];
  #flushing: Promise<void> | null = null;
  #connected = true;
  /** The server has said that it shuts down. Its JetStream is off already, while the connection and its pings go on. */
  #leaving = false;
  #closing: Promise<void> | undefined;

  constructor(nc: NatsConnection, settings: BrokerSettings) {
    this.nc = nc;
    this.writes = new WriteCoalescer({
      nc,
      isConnected: () => this.#connected,
      onRefused: ({ options }, error) => {
        if (options?.reply === undefined) this.report(error);
        else this.inbox.fail(options.reply, error);
      },
    });
    this.#subscribing = { nc, writes: this.writes, report: (error) => this.report(error) };
    this.#settings = { ...settings, onStatus: guarded(settings.onStatus) };
    this.url = settings.url;
    this.requestTimeoutMs = settings.requestTimeoutMs;
    this.inbox = new ReplyInbox(nc, settings.inboxPrefix);
    this.health = new ServerHealth({
      isConnected: () => this.ready(),
      hasOtherServers: () => this.#hasOtherServers(),
      leave: (kind) => this.#leaveSilentServer(kind),
      report: (error) => this.report(error),
    });
    this.reads = new ReadPlaces(this);
    void this.#watch();
  }

  /** True while requests can be sent: for `/readyz`. */
  ready(): boolean {
    return this.#connected && !this.#leaving && this.#closing === undefined;
  }

  get serverVersion(): string {
    return this.nc.info?.version ?? "unknown";
  }

  /** Another one after each start of the server; null: not connected yet. */
  get serverId(): string | null {
    return this.nc.info?.server_id ?? null;
  }

  /** The site that this server belongs to, which is its JetStream domain; null: it has none, and is all there is. */
  get site(): string | null {
    // The client's type leaves the field out.
    return (this.nc.info as { readonly domain?: string } | undefined)?.domain ?? null;
  }

  /** The largest message, headers included, that the broker takes. */
  get maxPayloadBytes(): number {
    return this.nc.info?.max_payload ?? 1_048_576;
  }

  /** Runs after each recovery, once the broker knows all subscriptions again. */
  onReconnect(listener: () => void): () => void {
    this.#reconnectListeners.add(listener);
    return () => this.#reconnectListeners.delete(listener);
  }

  /** Throws STORE_UNAVAILABLE at once while the connection is down, so that nothing is queued behind it. */
  assertReady(): void {
    if (!this.ready()) throw this.#unavailable();
  }

  /** One question, one answer. Rejects with STORE_UNAVAILABLE, STORE_FORBIDDEN or what `onNoResponders` gives. */
  request(subject: string, body: string | Uint8Array = "", options: RequestOptions = {}): Promise<Msg> {
    return new Promise((resolve, reject) => {
      this.assertReady();
      const reply = this.inbox.open({
        subject,
        deadlineMs: performance.now() + (options.timeoutMs ?? this.requestTimeoutMs),
        onReply: (message) => {
          if (!isNoResponders(message)) resolve(message);
          else void Promise.resolve(options.onNoResponders?.() ?? this.noResponders(subject)).then(reject);
          return true;
        },
        onFailure: reject,
      });
      this.writes.post({ subject, body, options: { reply, ...options.publish } });
    });
  }

  /**
   * Subscribes with this turn of the event loop, ahead of what is published behind it; `flush` waits for it too. After
   * `unsubscribe` the listener hears nothing. A refusal is reported by the broker's status.
   */
  subscribe(subject: string, listener: (message: Msg) => void): { unsubscribe(): void } {
    return subscribe(this.#subscribing, subject, listener);
  }

  /** A call of the JetStream API; `path` follows `$JS.API.`. Rejects with the StoreError of the answer's number. */
  async api<T>(path: string, body?: unknown, timeoutMs?: number): Promise<T> {
    const answer = await this.apiAnswer<T>(path, body, timeoutMs);
    if (answer.error !== undefined) throw toStoreError(answer.error, path);
    return answer;
  }

  /** The same, for callers that expect one of the errors. */
  async apiAnswer<T>(path: string, body?: unknown, timeoutMs?: number): Promise<T & { error?: ApiFailure }> {
    const answer = await this.request(`$JS.API.${path}`, body === undefined ? "" : JSON.stringify(body), {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      onNoResponders: () =>
        this.nc.info?.jetstream === true
          ? this.noResponders(path)
          : new StoreError("STORE_NOT_ENABLED", `${this.url} answers without JetStream`),
    });
    return answer.json();
  }

  /**
   * Resolves once the broker has everything that was sent before. Rejects with STORE_UNAVAILABLE, also when a broker that
   * has fallen silent does not say so in time: its connection is given up much later. All who ask in one turn of the event
   * loop share one ping.
   */
  flush(): Promise<void> {
    this.#flushing ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#flushing = null;
        this.#ping().then(resolve, reject);
      });
    });
    return this.#flushing;
  }

  /** Leaves this server for the next one of the list; what is asked meanwhile fails with STORE_UNAVAILABLE. */
  switchServer(): Promise<void> {
    return this.nc.reconnect();
  }

  #leaveSilentServer(kind: string): void {
    const text = `${this.nc.getServer()} leaves questions (${kind}) unanswered: trying another server`;
    this.report(new StoreError("STORE_UNAVAILABLE", text));
    void this.switchServer().catch((error: unknown) => this.report(error as Error));
  }

  #hasOtherServers(): boolean {
    const { connect_urls: announced = [], host, port } = this.nc.info ?? {};
    return this.url.includes(",") || announced.some((url) => url !== `${String(host)}:${String(port)}`);
  }

  /**
   * The server shuts down: what is asked from now on fails at once, and the next server is asked instead. With one server
   * alone the connection stays until it is cut, and comes back with the server.
   */
  #leaveDrainingServer(server: string): void {
    if (!this.#leaving) this.#settings.onStatus({ type: "server-draining", server });
    this.#leaving = true;
    if (this.#hasOtherServers()) void this.nc.reconnect().catch((error: unknown) => this.report(error as Error));
  }

  /** Hands an error to the status listener. */
  report(error: Error): void {
    this.#settings.onStatus({ type: "error", error });
  }

  noResponders(subject: string): StoreError {
    return new StoreError("STORE_UNAVAILABLE", `no responders on ${subject} at ${this.url}`);
  }

  /** Lets open requests end, then leaves the broker in order; within four seconds, also when the broker is silent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.health.close();
    try {
      if (this.#connected) {
        await this.inbox.idle(closeIdleMs);
        this.writes.flush();
        await Promise.race([this.nc.drain().catch(() => undefined), sleep(closeDrainMs, undefined, { ref: false })]);
      }
    } finally {
      await this.nc.close();
      this.inbox.close(this.#unavailable());
    }
  }

  #ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.assertReady();
      this.writes.flush();
      const deadlineMs = performance.now() + this.requestTimeoutMs;
      const guard = this.inbox.open({ subject: "PING", deadlineMs, onReply: () => false, onFailure: reject });
      const lost = (cause: unknown): void =>
        reject(new StoreError("STORE_UNAVAILABLE", `${this.url}: the connection was lost`, { cause }));
      void this.nc
        .flush()
        .then(resolve, lost)
        .finally(() => this.inbox.cancel(guard));
    });
  }

  async #watch(): Promise<void> {
    for await (const event of this.nc.status()) await this.#onStatus(event);
    this.#connected = false;
    this.inbox.close(this.#unavailable());
    this.#settings.onStatus({ type: "closed" });
  }

  async #onStatus(event: Status): Promise<void> {
    switch (event.type) {
      case "disconnect":
        this.#connected = false;
        this.#leaving = false;
        this.inbox.failAll(this.#unavailable());
        return this.#settings.onStatus({ type: "disconnected", server: event.server });
      case "reconnect":
        return this.#recover(event.server);
      case "error":
        return this.#onError(event.error);
      case "ldm":
        return this.#leaveDrainingServer(event.server);
      case "slowConsumer":
        return this.#settings.onStatus({
          type: "slow-consumer",
          subject: event.sub.getSubject(),
          pending: event.pending,
        });
      default:
        return;
    }
  }

  async #recover(server: string): Promise<void> {
    try {
      // The subscriptions were sent before this ping; its answer says that the broker has them.
      await this.nc.flush();
      assertServerVersion(this.serverVersion, this.url);
    } catch (error) {
      // A second loss in between has its own event behind this one.
      this.report(error as Error);
      this.health.note(error, true);
      if (isStoreError(error, "STORE_SERVER_TOO_OLD")) this.#leaveLater();
      return;
    }
    this.#connected = true;
    this.health.reconnected();
    this.#settings.onRecovered();
    this.#settings.onStatus({ type: "reconnected", server, version: this.serverVersion });
    for (const listener of this.#reconnectListeners) {
      // One that throws must not keep the others from comparing with the log.
      try {
        listener();
      } catch (error) {
        this.report(error as Error);
      }
    }
  }

  /** No event would tell that another server of the list, or this one after its upgrade, can serve us again. */
  #leaveLater(): void {
    setTimeout(() => {
      // A loss in between may have led to a better one already.
      if (this.#closing !== undefined || this.#connected) return;
      void this.nc.reconnect().catch((error: unknown) => this.report(error as Error));
    }, leaveOldServerAfterMs).unref();
  }

  #onError(cause: Error): void {
    if (!(cause instanceof PermissionViolationError)) return this.report(cause);
    const error = refusalOf(cause.operation, cause.subject, this.url, cause);
    if (cause.operation === "publish") this.inbox.failSubject(cause.subject, error);
    if (isGateQuestion(cause.subject)) return;
    this.health.note(error, true);
    this.report(error);
  }

  #state(): string {
    if (this.#closing !== undefined) return "the connection is closed";
    return this.#leaving ? "the server is shutting down" : "the connection is lost and being tried again";
  }

  #unavailable(): StoreError {
    return new StoreError("STORE_UNAVAILABLE", `${this.url}: ${this.#state()}`);
  }
}

export interface RequestOptions {
  readonly timeoutMs?: number;
  readonly publish?: PublishOptions;
  /** The error when the subject has no responders. */
  readonly onNoResponders?: () => Error | Promise<Error>;
}
