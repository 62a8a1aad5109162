import { createLogger } from "@p4/telemetry";
import { expect, test, vi } from "vitest";
import { RetryLater } from "./retry-later.ts";

const logger = createLogger({ name: "test", level: "silent" });

test("what stays open is tried again, after the others, until it has its outcome or the wallet stops", async () => {
  const stopping = new AbortController();
  const attempts: string[] = [];
  const attempt = async (key: string): Promise<void> => {
    attempts.push(key);
    if (key === "a" && attempts.length < 5) throw new Error("away");
  };
  const later = new RetryLater({ attempt, pauseMs: 1, logger, signal: stopping.signal });
  for (const key of ["a", "b", "c"]) later.add(key);
  later.remove("c");
  await vi.waitFor(() => expect(attempts).toEqual(["a", "b", "a", "a", "a"]));
  later.add("b");
  await vi.waitFor(() => expect(attempts.at(-1)).toBe("b"));
  stopping.abort();
  later.add("d");
  expect(attempts).not.toContain("d");
});
