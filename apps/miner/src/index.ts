export { startMiner, type Miner, type MinerOptions } from "./start-miner.ts";
