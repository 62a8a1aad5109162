import { join } from "node:path";
import { startSteadyWallets, type SteadyWallets } from "../steady/steady-wallets.ts";
import { strangersScenario } from "./strangers-scenario.ts";

export interface HonestLoad {
  readonly wallets: SteadyWallets;
  readonly recordFile: string;
  readonly channelIds: readonly string[];
}

/** Whole payments at a steady rate, each by two wallets on a channel of its own, from the opening to the receipt of the ack. */
export async function startHonestLoad(
  name: string,
  dir: string,
  edge: string,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<HonestLoad> {
  const { thinkMs, patienceMs: limitMs } = strangersScenario.workload;
  const payments = Math.max(1, Math.round(rate * seconds));
  const recordFile = join(dir, `${name}.jsonl`);
  const wallets = startSteadyWallets({
    name,
    edges: [edge],
    recordFile,
    payments,
    paymentsPerSecond: rate,
    openFirst: false,
    thinkMs,
    limitMs,
  });
  await wallets.ready();
  wallets.begin();
  return {
    wallets,
    recordFile,
    channelIds: Array.from({ length: payments }, (_, index) => `${name}-${String(index)}`),
  };
}
