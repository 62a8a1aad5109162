export { startMiner, type Miner } from "./start-miner.ts";
