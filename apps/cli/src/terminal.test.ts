import { afterEach, describe, expect, it, vi } from "vitest";
import { processTerminal } from "./terminal.ts";
import { screen } from "./test-support/screen.ts";

afterEach(() => vi.restoreAllMocks());

it("ends quietly when the reader of the output has gone, and lets any other failure through", () => {
  const before = process.stdout.listeners("error");
  processTerminal();
  const [listener] = process.stdout.listeners("error").filter((each) => !before.includes(each));
  expect(listener).toBeDefined();
  process.stdout.off("error", listener as () => void);
  const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
  listener?.(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  expect(exit).toHaveBeenCalledExactlyOnceWith(0);
  expect(() => listener?.(Object.assign(new Error("no space"), { code: "ENOSPC" }))).toThrow("no space");
});

describe("a line", () => {
  it("keeps its own colours and shows a peer's, on both streams", () => {
    const { written, terminal } = screen(true);
    const line = `${terminal.style("red", "error:")} memo \u001b[32mpaid\u001b[0m`;
    terminal.out(line);
    terminal.err(line);
    const shown = "\u001b[31merror:\u001b[39m memo \\u001b[32mpaid\\u001b[0m";
    expect(written).toEqual([shown, shown]);
  });

  it("has no colour where the stream has none", () => {
    const { written, terminal } = screen(false);
    terminal.out(terminal.style("bold", "plain"));
    expect(written).toEqual(["plain"]);
  });

  it("is one line, whatever a peer wrote into it, a colour of ours around it too", () => {
    const { written, terminal } = screen(true);
    terminal.out(terminal.style("dim", "thanks\n12:00:00.000  9  miner  proof.create\u202e\u009b1A\ud83d"));
    expect(written).toEqual([
      "\u001b[2mthanks\\n12:00:00.000  9  miner  proof.create\\u202e\\u009b1A\\ud83d\u001b[22m",
    ]);
  });

  it("cannot be coloured by a line that was seen before", () => {
    const [first, second] = [screen(true), screen(true)];
    second.terminal.out(first.terminal.style("green", "holds"));
    expect(second.written[0]).not.toContain("\u001b");
  });
});
