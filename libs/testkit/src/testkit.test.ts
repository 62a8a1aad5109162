import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tempDir } from "./temp-dir.ts";
import { waitFor } from "./wait-for.ts";
import { withNatsServer } from "./with-nats-server.ts";

describe("withNatsServer", () => {
  const nats = withNatsServer();

  test("runs a server that survives a restart at the same address", async () => {
    const { url } = nats;
    await nats.process.kill();
    await nats.restart();
    expect(nats.url).toBe(url);
    expect((await fetch(`${nats.monitorUrl}/healthz`)).status).toBe(200);
  });
});

describe("tempDir", () => {
  let path = "";
  describe("in a suite", () => {
    const dir = tempDir();
    test("exists", () => {
      path = dir;
      expect(existsSync(dir)).toBe(true);
    });
  });

  test("is gone after the suite", () => {
    expect(path).not.toBe("");
    expect(existsSync(path)).toBe(false);
  });
});

describe("waitFor", () => {
  test("gives the value once it is there", async () => {
    let calls = 0;
    expect(await waitFor(() => ((calls += 1) < 3 ? undefined : "ready"))).toBe("ready");
    expect(calls).toBe(3);
  });

  test("says what did not happen and why", async () => {
    const failure = waitFor(() => Promise.reject(new Error("refused")), {
      timeoutMs: 20,
      description: "the port opens",
    });
    await expect(failure).rejects.toThrow("Not true within 20 ms: the port opens");
    await expect(failure).rejects.toMatchObject({ cause: { message: "refused" } });
  });
});
