import { join } from "node:path";

/** The nkey seed that lets into the broker which `npm start` runs: made at its first start, for its user alone. */
export function loginFileIn(dataDir: string): string {
  return join(dataDir, "nats.nk");
}
