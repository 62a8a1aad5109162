export { tempDir } from "./temp-dir.ts";
export { steadyClock, wallClock } from "./test-clocks.ts";
export { waitFor } from "./wait-for.ts";
export { withNatsServer, type TestNatsServer } from "./with-nats-server.ts";
