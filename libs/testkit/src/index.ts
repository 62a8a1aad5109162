export { tempDir } from "./temp-dir.ts";
export { steadyClock, wallClock, type SteadyClock } from "./test-clocks.ts";
export { waitFor, type WaitForOptions } from "./wait-for.ts";
export { withNatsServer, type TestNatsServer, type WithNatsServerOptions } from "./with-nats-server.ts";
