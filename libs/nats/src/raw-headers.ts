import { MsgHdrsImpl } from "@nats-io/transport-node";

const encoder = new TextEncoder();

/**
 * Headers as one ready text. The client's own builder checks and copies each header on its own, which shows in a
 * profile at thousands of appends a second; our values are checked before they come here.
 */
export class RawHeaders extends MsgHdrsImpl {
  readonly #text: string;

  /** `lines`: complete header lines, each ended by CR LF. */
  constructor(lines: string) {
    super();
    this.#text = `NATS/1.0\r\n${lines}\r\n`;
  }

  override encode(): Uint8Array {
    return encoder.encode(this.#text);
  }

  override toString(): string {
    return this.#text;
  }
}
