export { DEFAULT_BLOCK_INTERVAL_MS, startMiner, type Miner, type MinerOptions } from "./start-miner.ts";
