import { request, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { StrangerSocket, upgradeHeaders } from "./stranger-socket.ts";

export interface StrangerTarget {
  readonly host: string;
  readonly port: number;
  /** Its own address of loopback. */
  readonly from: string;
}

/** What all strangers of a campaign share. */
export interface StrangerWorld {
  readonly random: () => number;
  /** Aborts when the campaign is over: every wait ends then. */
  readonly over: AbortSignal;
  /** False: strangers have written as much as the campaign allows for now. */
  mayWrite(bytes: number): boolean;
  /** An attack has succeeded: told in the report. */
  succeeded(what: string): void;
}

export interface Answer {
  /** 0: the connection ended, or the time was over, without an answer. */
  readonly status: number;
  readonly text: string;
}

/** An attacker with an address of its own, which does one thing and leaves nothing open. */
export class Stranger {
  readonly world: StrangerWorld;
  readonly #target: StrangerTarget;
  readonly #name: string;
  readonly #leaving = new AbortController();
  readonly #sockets = new Set<{ destroy(): void }>();
  #ids = 0;

  constructor(name: string, target: StrangerTarget, world: StrangerWorld) {
    this.#name = name;
    this.#target = target;
    this.world = world;
  }

  /** Unique in the campaign. */
  newId(): string {
    return `${this.#name}-${String(++this.#ids)}`;
  }

  /** A number from `least` to `most`, by the seed. */
  between(least: number, most: number): number {
    return least + Math.floor(this.world.random() * (most - least + 1));
  }

  /** A connection for arbitrary bytes. */
  dial(): Socket {
    const { host, port, from } = this.#target;
    const socket = connect({ host, port, localAddress: from });
    socket.on("error", () => undefined);
    socket.resume();
    this.#sockets.add(socket);
    return socket;
  }

  /** A handshake, whatever the answer will be. `headers`: instead of those of a right upgrade. */
  knock(path: string, headers: readonly string[] = upgradeHeaders): StrangerSocket {
    const socket = new StrangerSocket(this.#target, path, headers);
    this.#sockets.add(socket.socket);
    return socket;
  }

  /** Null: the join was refused, or not answered for a long time. */
  async join(channelId: string, query = ""): Promise<StrangerSocket | null> {
    const socket = this.knock(`/ws/${channelId}?dialect=p4${query}`);
    const isIn = await socket.until(() => socket.heard("join.success").length > 0, patienceMs);
    return isIn ? socket : null;
  }

  /** Each message is answered with a receipt or an error before the next one. False: it was not stored. */
  async store(socket: StrangerSocket, key: string, body: object, messageId = this.newId()): Promise<boolean> {
    const answers = (): number => socket.heard("receipt").length + socket.heard("error").length;
    const [before, receipts] = [answers(), socket.heard("receipt").length];
    socket.say(key, body, messageId);
    await socket.until(() => answers() > before, patienceMs);
    return socket.heard("receipt").length > receipts;
  }

  /** `abortAfterMs`: closes the connection then, without an answer. */
  ask(method: string, path: string, options: AskOptions = {}): Promise<Answer> {
    const { host, port, from } = this.#target;
    const { body, headers = {}, abortAfterMs = patienceMs } = options;
    const signal = AbortSignal.any([this.#leaving.signal, AbortSignal.timeout(abortAfterMs)]);
    return new Promise((resolve) => {
      const call = request({ host, port, localAddress: from, method, path, headers, agent: false, signal });
      call.on("response", (response: IncomingMessage) => {
        let text = "";
        const answered = (): void => resolve({ status: response.statusCode ?? 0, text });
        response.on("data", (chunk) => (text += String(chunk)));
        response.on("end", answered);
        response.on("error", answered);
      });
      call.on("error", () => resolve({ status: 0, text: "" }));
      call.end(body);
    });
  }

  /** Ends early when the campaign is over. */
  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.world.over }).catch(() => undefined);
  }

  /** Resets every connection of this stranger. */
  leave(): void {
    this.#leaving.abort();
    for (const socket of this.#sockets) socket.destroy();
  }
}

export interface AskOptions {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly abortAfterMs?: number;
}

/** What a stranger does, once: bounded in time and count. */
export type Attack = (stranger: Stranger) => Promise<void>;

/** A server that has said nothing for so long hangs. */
export const patienceMs = 20_000;
export const jsonBody = { "content-type": "application/json" } as const;
