import { LeanSocket } from "./lean-socket.ts";
import type { Message, Role, Wire } from "./wires.ts";

/** A wallet of the load generator, joined to one channel. */
export class Wallet {
  readonly #wire: Wire;
  readonly #socket: LeanSocket;
  readonly #channelId: string;
  #joined = false;
  /** Of the message that is waited for: texts without it are not looked at further. */
  #expectedId: string | undefined;
  #onExpected: () => void = () => undefined;
  /** Called with what ends the wait: a refusal, or the end of the connection. */
  onTrouble: (error: Error) => void = () => undefined;

  private constructor(wire: Wire, port: number, channelId: string, role: Role) {
    this.#wire = wire;
    this.#channelId = channelId;
    this.#socket = new LeanSocket(port, wire.pathOf(channelId, role));
  }

  /**
   * Resolves once the server has said that the wallet is in.
   *
   * @throws Error with the server's status line or words when it is not let in
   */
  static async join(wire: Wire, port: number, channelId: string, role: Role): Promise<Wallet> {
    const wallet = new Wallet(wire, port, channelId, role);
    const socket = wallet.#socket;
    const joined = new Promise<void>((resolve, reject) => {
      wallet.#onExpected = resolve;
      wallet.onTrouble = reject;
    });
    joined.catch(() => undefined);
    socket.onText = (text) => wallet.#hear(text);
    void socket.closed.then(() => wallet.onTrouble(new Error("the connection was closed")));
    await socket.opened;
    if (wire.hello !== undefined) socket.send(wire.hello(channelId));
    await joined;
    return wallet;
  }

  say(message: Omit<Message, "channelId">): void {
    this.#socket.send(this.#wire.wrap({ ...message, channelId: this.#channelId }));
  }

  /** Calls once when a text with that message's id comes. */
  expect(messageId: string, then: () => void): void {
    this.#expectedId = `"${messageId}"`;
    this.#onExpected = then;
  }

  async leave(): Promise<void> {
    this.onTrouble = () => undefined;
    await this.#socket.close();
  }

  #hear(text: string): void {
    const answer = this.#wire.answer?.(text);
    if (answer !== undefined) this.#socket.send(answer);
    const isAwaited = this.#joined
      ? this.#expectedId !== undefined && text.includes(this.#expectedId)
      : this.#wire.isJoined(text);
    if (isAwaited) {
      this.#joined = true;
      this.#expectedId = undefined;
      this.#onExpected();
    } else if (this.#wire.isRefusal(text)) {
      this.onTrouble(new Error(`refused: ${text}`));
    }
  }
}

/** From one wallet to the other: resolves with the ms from its `send` to its receipt. One message at a time on a channel. */
export function relay(from: Wallet, to: Wallet, message: Omit<Message, "channelId">): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentMs = performance.now();
    to.expect(message.messageId, () => resolve(performance.now() - sentMs));
    to.onTrouble = from.onTrouble = reject;
    from.say(message);
  });
}
