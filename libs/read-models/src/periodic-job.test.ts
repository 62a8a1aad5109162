import { waitFor } from "@p4/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startPeriodicJob } from "./periodic-job.ts";

const everyMs = 10;

describe("a periodic job of many processes", () => {
  it("leaves the work to the one that has just done it, and takes over when none does", async () => {
    // It does not go on while the job asks.
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    onTestFinished(() => clock.mockRestore());
    let [isBusy, asked, runs] = [true, 0, 0];
    const job = startPeriodicJob({
      everyMs,
      lastRunMs: () => {
        asked++;
        return Promise.resolve(isBusy ? Date.now() : Date.now() - 1_000);
      },
      run: () => Promise.resolve(void runs++),
      onError: (error) => expect.unreachable(String(error)),
    });
    await waitFor(() => asked > 5);
    expect(runs).toBe(0);
    isBusy = false;
    await waitFor(() => runs > 0);
    await job.close();
  });

  it("does it for the first time too, goes on after a failure, and ends the work under way when it is closed", async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const job = startPeriodicJob({
      everyMs,
      lastRunMs: () => Promise.resolve(null),
      run: async (signal) => {
        if (++runs === 1) throw new Error("away");
        await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
      },
      onError: (error) => errors.push(error),
    });
    await waitFor(() => runs === 2);
    await job.close();
    expect(errors).toEqual([new Error("away")]);
  });
});
