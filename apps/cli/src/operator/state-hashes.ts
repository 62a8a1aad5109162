import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { stateOfRecord } from "@p4/channel";
import { CliError } from "../cli-error.ts";
import { cannotWrite } from "./cannot-write.ts";
import type { FoldedState } from "./refold-all.ts";

/** One channel of the file. */
export type RecordedState = Omit<FoldedState, "headHash">;

const format = "p4-state-hashes/1";

/** First line of a file of state hashes. */
export interface StateHashesHead {
  readonly region: string;
  /** The machine that folded the channels to these states. */
  readonly machineVersion: string;
  readonly madeAt: string;
}

/**
 * One JSON line per channel, between a head and an end that counts them, so that half a file is not taken for a whole
 * one. Written beside its place and put there when it is complete.
 */
export class StateHashesWriter {
  readonly #path: string;
  readonly #stream: WriteStream;
  #channels = 0;
  #failure: CliError | null = null;

  private constructor(path: string, stream: WriteStream) {
    this.#path = path;
    this.#stream = stream;
    stream.on("error", (error) => (this.#failure ??= cannotWrite(path, error)));
  }

  /** Throws a CliError CANNOT_WRITE, as `add` and `finish` do. */
  static async open(path: string, head: StateHashesHead): Promise<StateHashesWriter> {
    const stream = createWriteStream(`${path}.part`, { flush: true });
    try {
      await once(stream, "open");
    } catch (error) {
      throw new CliError("misuse", `cannot write ${path}: ${(error as Error).message}`, null, "CANNOT_WRITE");
    }
    stream.write(`${JSON.stringify({ format, ...head })}\n`);
    return new StateHashesWriter(path, stream);
  }

  add({ channelId, streamVersion, state, hash }: FoldedState): void {
    if (this.#failure !== null) throw this.#failure;
    this.#channels++;
    this.#stream.write(`${JSON.stringify([channelId, streamVersion, state, hash])}\n`);
  }

  async finish(): Promise<void> {
    this.#stream.end(`${JSON.stringify({ channels: this.#channels })}\n`);
    // Closed it is on the disk.
    if (!this.#stream.closed) await new Promise<void>((resolve) => this.#stream.once("close", resolve));
    if (this.#failure !== null) throw this.#failure;
    await rename(`${this.#path}.part`, this.#path);
  }

  async abandon(): Promise<void> {
    this.#stream.destroy();
    await rm(`${this.#path}.part`, { force: true });
  }
}

/** The head, then the channels, line by line. Throws a CliError for a file that is not one, or not whole. */
export async function readStateHashes(
  path: string,
): Promise<{ readonly head: StateHashesHead; readonly states: AsyncGenerator<RecordedState> }> {
  const file = createReadStream(path);
  try {
    await once(file, "open");
  } catch (error) {
    throw new CliError("misuse", `cannot read ${path}: ${(error as Error).message}`, null, "CANNOT_READ");
  }
  const lines = createInterface({ input: file, crlfDelay: Infinity })[Symbol.asyncIterator]();
  const first = parse((await lines.next()).value as string | undefined);
  if (first === null || Array.isArray(first) || first["format"] !== format) {
    throw new CliError(
      "misuse",
      `${path} holds no state hashes`,
      "Make one with p4 recover --all --check --state-hashes <file>.",
      "BAD_FILE",
    );
  }
  return { head: first as unknown as StateHashesHead, states: statesOf(path, lines) };
}

async function* statesOf(path: string, lines: AsyncIterator<string>): AsyncGenerator<RecordedState> {
  let count = 0;
  for (;;) {
    const value = parse((await lines.next()).value as string | undefined);
    if (!Array.isArray(value)) {
      if (value !== null && value["channels"] === count) return;
      throw new CliError(
        "failed",
        `${path} breaks off or is damaged after ${count} channels (line ${count + 2})`,
        "Make it again.",
        "BAD_FILE",
      );
    }
    count++;
    const [channelId, streamVersion, state, hash] = value as [string, number, string, string];
    yield { channelId, streamVersion, state: stateOfRecord(state), hash };
  }
}

function parse(line: string | undefined): unknown[] | Record<string, unknown> | null {
  try {
    return JSON.parse(line ?? "") as unknown[] | Record<string, unknown>;
  } catch {
    return null;
  }
}
