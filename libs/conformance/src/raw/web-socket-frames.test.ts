import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, opcodes } from "./web-socket-frames.ts";

describe("WebSocket frames", () => {
  it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])("survive the trip with %i bytes, masked or not", (length) => {
    const payload = Uint8Array.from({ length }, (_, index) => index % 251);
    for (const masked of [true, false]) {
      const frames = new FrameReader().read(encodeFrame(opcodes.binary, payload, masked));
      expect(frames).toEqual([{ opcode: opcodes.binary, payload }]);
    }
  });

  it("mask as RFC 6455 says: the bit, the key, the payload changed", () => {
    const frame = encodeFrame(opcodes.text, new TextEncoder().encode("Hello"), true);
    // The example of RFC 6455, 5.7.
    expect([...frame]).toEqual([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
  });

  it("come out of a stream that is cut anywhere", () => {
    const text = (value: string) => encodeFrame(opcodes.text, new TextEncoder().encode(value), false);
    const stream = new Uint8Array([...text("a"), ...text("b".repeat(300)), ...text("c")]);
    const reader = new FrameReader();
    const frames = [...stream].flatMap((byte) => reader.read(Uint8Array.of(byte)));
    expect(frames.map(({ payload }) => payload.length)).toEqual([1, 300, 1]);
  });
});
