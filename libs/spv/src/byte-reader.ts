import { SpvError, type SpvErrorCode } from "./errors.ts";

/**
 * Reads little-endian Bitcoin structures and never past the end.
 * Counts are checked against the bytes that are left before anything is read, so a claimed count costs nothing.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly what: string;
  private readonly code: SpvErrorCode;
  private at = 0;

  constructor(bytes: Uint8Array, what: string, code: SpvErrorCode = "SPV_BINARY_INVALID") {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.what = what;
    this.code = code;
  }

  get position(): number {
    return this.at;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  fail(rule: string): SpvError {
    return new SpvError(this.code, `${this.what}: ${rule} (at byte ${this.at})`);
  }

  /** A view of the next bytes, not a copy. */
  take(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  peek(offset: number): number | undefined {
    return this.bytes[this.at + offset];
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.advance(8), true);
  }

  /** CompactSize, in its shortest form only, up to 2^53 - 1. */
  varint(): number {
    const first = this.u8();
    if (first < 0xfd) return first;
    const [value, least] = this.longVarint(first);
    if (value < least) throw this.fail("number not in its shortest form");
    return value;
  }

  /** A count of items that take at least `minItemBytes` each. */
  count(minItemBytes: number, name: string): number {
    const count = this.varint();
    if (count > this.remaining / minItemBytes) throw this.fail(`${name} says ${count}, more than the data can hold`);
    return count;
  }

  end(): void {
    if (this.remaining !== 0) throw this.fail(`${this.remaining} bytes after the end`);
  }

  private longVarint(first: number): [value: number, least: number] {
    if (first === 0xfd) return [this.view.getUint16(this.advance(2), true), 0xfd];
    if (first === 0xfe) return [this.u32(), 0x1_0000];
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.fail("number above 2^53 - 1");
    return [Number(value), 0x1_0000_0000];
  }

  private advance(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw this.fail(`needs ${length} bytes, ${this.remaining} left`);
    this.at = start + length;
    return start;
  }
}
