import { afterEach, expect, it, vi } from "vitest";
import { processTerminal } from "./terminal.ts";

afterEach(() => vi.restoreAllMocks());

it("ends quietly when whoever reads the output has gone, and lets any other failure through", () => {
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
