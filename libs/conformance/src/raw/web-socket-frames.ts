/** Opcodes of RFC 6455, 5.2. */
export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketFrame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** One unfragmented frame. A client's frames are masked; the mask hides nothing here, so it is a constant. */
export function encodeFrame(opcode: number, payload: Uint8Array, masked: boolean): Uint8Array {
  const extended = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const headLength = 2 + extended + (masked ? 4 : 0);
  const frame = new Uint8Array(headLength + payload.length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = (masked ? 0x80 : 0) | (extended === 0 ? payload.length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, payload.length);
  if (extended === 8) view.setBigUint64(2, BigInt(payload.length));
  frame.set(payload, headLength);
  if (masked) {
    frame.set(mask, headLength - 4);
    for (let index = 0; index < payload.length; index++) frame[headLength + index]! ^= mask[index & 3]!;
  }
  return frame;
}

const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** Cuts a stream of bytes into frames, in either direction. Fragments come out one by one. */
export class FrameReader {
  #rest = new Uint8Array(0);

  read(bytes: Uint8Array): WebSocketFrame[] {
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    this.#rest = joined;
    const frames: WebSocketFrame[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): WebSocketFrame | null {
    const rest = this.#rest;
    if (rest.length < 2) return null;
    const short = rest[1]! & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (rest[1]! & 0x80) !== 0;
    const start = 2 + extended + (masked ? 4 : 0);
    if (rest.length < start) return null;
    const view = new DataView(rest.buffer, rest.byteOffset);
    const length = extended === 2 ? view.getUint16(2) : extended === 8 ? Number(view.getBigUint64(2)) : short;
    if (rest.length < start + length) return null;
    const payload = rest.slice(start, start + length);
    if (masked) for (let index = 0; index < length; index++) payload[index]! ^= rest[start - 4 + (index & 3)]!;
    this.#rest = rest.subarray(start + length);
    return { opcode: rest[0]! & 0x0f, payload };
  }
}
