import { describe, expect, it } from "vitest";
import { ByteReader } from "./byte-reader.ts";

const itemBytes = 4;
const items = (count: number, present: number): ByteReader =>
  new ByteReader(Uint8Array.from([count, ...new Uint8Array(present * itemBytes)]), "list");

describe("a claimed count", () => {
  it("of what is there is read", () => {
    expect(items(3, 3).count(itemBytes, "items")).toBe(3);
  });

  it("of one more is refused before anything is read", () => {
    const reader = items(4, 3);
    expect(() => reader.count(itemBytes, "items")).toThrow(/items says 4, more than the data can hold/);
    expect(reader.remaining).toBe(3 * itemBytes);
  });
});

describe("a claimed length", () => {
  it("of one byte more than is there is refused", () => {
    const reader = items(0, 1);
    expect(() => reader.take(itemBytes + 2)).toThrow(/needs 6 bytes, 5 left/);
    expect(reader.remaining).toBe(itemBytes + 1);
  });
});

describe("a number", () => {
  it("is read in its shortest form alone", () => {
    expect(new ByteReader(Uint8Array.of(0xfd, 0xfd, 0x00), "n").varint()).toBe(0xfd);
    expect(() => new ByteReader(Uint8Array.of(0xfd, 0x05, 0x00), "n").varint()).toThrow(/shortest form/);
  });
});
