import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** What `GET /readyz` said. */
export interface ReadySample {
  /** When it had said so. */
  readonly atMs: number;
  readonly ready: boolean;
  /** Why not, by the check that failed; null when ready. */
  readonly reason: string | null;
}

/** A newcomer's try to open a channel. */
export interface JoinSample {
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  /** 101: admitted. */
  readonly status: number;
  readonly hasRetryAfter: boolean;
}

const readyEveryMs = 100;
const joinEveryMs = 500;

/** Asks one edge again and again whether it is ready, and whether a newcomer may come in. */
export class EdgeWatch {
  readonly name: string;
  readonly ready: ReadySample[] = [];
  readonly joins: JoinSample[] = [];
  readonly #port: number;
  readonly #over = new AbortController();
  readonly #running: Promise<unknown>;

  /** @param over ends it as well */
  constructor(name: string, port: number, over: AbortSignal) {
    this.name = name;
    this.#port = port;
    over.addEventListener("abort", () => this.#over.abort());
    this.#running = Promise.all([
      this.#repeat(readyEveryMs, () => this.#askReady()),
      this.#repeat(joinEveryMs, () => this.#join()),
    ]);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #repeat(everyMs: number, ask: () => Promise<void>): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      await ask();
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #askReady(): Promise<void> {
    try {
      const answer = await fetch(`http://127.0.0.1:${String(this.#port)}/readyz`);
      const reason = answer.ok ? null : reasonOf(await answer.text());
      this.ready.push({ atMs: Date.now(), ready: answer.ok, reason });
    } catch (error) {
      this.ready.push({ atMs: Date.now(), ready: false, reason: `no answer: ${String(error)}` });
    }
  }

  async #join(): Promise<void> {
    const beganAtMs = Date.now();
    const { status, hasRetryAfter } = await tryToJoin(this.#port, `newcomer-${this.name}-${String(this.joins.length)}`);
    this.joins.push({ beganAtMs, endedAtMs: Date.now(), status, hasRetryAfter });
  }
}

function reasonOf(body: string): string {
  const { checks } = JSON.parse(body) as { checks: Record<string, { ok: boolean; detail?: string }> };
  const failed = Object.entries(checks).filter(([, { ok }]) => !ok);
  return failed.map(([name, { detail = "no reason" }]) => `${name}: ${detail}`).join("; ");
}

/** Status 0: the connection was closed without an answer. */
function tryToJoin(port: number, channelId: string): Promise<Pick<JoinSample, "status" | "hasRetryAfter">> {
  return new Promise((resolve) => {
    const call = request({
      host: "127.0.0.1",
      port,
      path: `/ws/${channelId}`,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
      },
    });
    call.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, hasRetryAfter: false });
    });
    call.on("response", (response) => {
      response.resume();
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, hasRetryAfter: headers["retry-after"] !== undefined });
    });
    call.on("error", () => resolve({ status: 0, hasRetryAfter: false }));
    call.end();
  });
}
