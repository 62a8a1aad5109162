import { describe, expect, it } from "vitest";
import { Mailbox } from "./mailbox.ts";

describe("Mailbox", () => {
  it("runs tasks one at a time, in the order in which they were posted", async () => {
    const mailbox = new Mailbox();
    const trace: string[] = [];
    const task = (name: string) => async () => {
      trace.push(`${name} starts`);
      await new Promise((resolve) => setImmediate(resolve));
      trace.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all(["a", "b", "c"].map((name) => mailbox.post(task(name))))).toEqual(["a", "b", "c"]);
    expect(trace).toEqual(["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
  });

  it("goes on after a task that failed", async () => {
    const mailbox = new Mailbox();
    const failed = mailbox.post(() => Promise.reject(new Error("no")));
    const next = mailbox.post(() => Promise.resolve("yes"));
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("yes");
    expect(await mailbox.post(() => Promise.resolve("again"))).toBe("again");
  });
});
