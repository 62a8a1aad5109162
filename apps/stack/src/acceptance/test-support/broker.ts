import { join } from "node:path";
import { findNatsServer, repositoryNatsConf, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { afterAll, beforeAll } from "vitest";
import { testDir } from "../../test-support/stack-process.ts";

/** One real nats-server for the test file, as production configures it. Its URL is known from `beforeAll` on. */
export function withBroker(): { readonly url: string } {
  const storeDir = join(testDir(afterAll), "nats");
  let server: NatsServerProcess | undefined;
  beforeAll(async () => {
    const { path: binary } = await findNatsServer();
    server = await startNatsServer({ binary, configFile: repositoryNatsConf, storeDir, monitorPort: -1 });
  }, 120_000);
  afterAll(() => server?.stop());
  return {
    get url() {
      if (server === undefined) throw new Error("the broker runs from beforeAll on");
      return server.url;
    },
  };
}
