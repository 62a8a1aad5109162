import { setTimeout as sleep } from "node:timers/promises";
import { brokerAccessOf, siteNamesOf } from "@p4/app";
import { isStoreError } from "@p4/event-store";
import {
  brokerUsers,
  connectBroker,
  guardSite,
  ServerGate,
  type Broker,
  type BrokerAccess,
  type GuardedState,
} from "@p4/nats";
import { CliError } from "../cli-error.ts";
import { configured, readConfig } from "../operator/read-config.ts";
import type { VerbContext } from "../verb.ts";
import { explained } from "../operator/with-node.ts";
import { told } from "./with-sites.ts";

export interface GuardCommand {
  readonly region: string;
  readonly site: string;
  readonly gate: string;
  readonly pidFile: string;
  readonly once?: boolean;
  readonly alone?: boolean;
  readonly yes?: boolean;
}

const connectWithinMs = 2_000;
const againMs = 500;
/** A server that reads its configuration anew refuses logins for a moment, and it has just been told to. */
const reloadMs = 2_000;
const reloadAgainMs = 100;

/** Guards the server of P4_NATS_URL until Ctrl-C or SIGTERM, or looks once. */
export async function runGuard(context: VerbContext, command: GuardCommand): Promise<void> {
  const { region, site, once = false, alone = false } = command;
  const config = readConfig(context);
  const sites = siteNamesOf(config);
  if (!sites.includes(site)) {
    const known = sites.length === 0 ? "P4_SITES names no sites" : `P4_SITES has ${sites.join(", ")}`;
    throw new CliError("misuse", `site ${site} is not known: ${known}`, null, "REGION_UNKNOWN_SITE");
  }
  const [url, ...more] = config.natsUrl ?? [];
  if (url === undefined || more.length > 0) {
    throw new CliError(
      "misuse",
      "P4_NATS_URL has to name one server: the one that runs beside the guard",
      null,
      "BAD_CONFIG",
    );
  }
  if (alone) await vouched(context, command, sites);
  const gate = new ServerGate({ gateFile: command.gate, pidFile: command.pidFile });
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  // Told twice, it still shuts the gate first.
  process.on("SIGTERM", stop);
  context.signal.addEventListener("abort", stop, { once: true });
  if (context.signal.aborted) stop();
  const { signal } = stopping;
  const tell = (state: GuardedState): void => show(context, command, state);
  try {
    await explained(() =>
      told(async () => {
        // Before anything is known, and also where no server runs yet.
        await gate.write("shut");
        // One that a killed guard has left open; without a server there is nothing to reload.
        await gate.reload().catch(() => undefined);
        const access = configured(() => brokerAccessOf(config));
        const broker = await connected(context, { url, access }, { signal, once });
        if (broker === null) return;
        try {
          if (broker.site !== site) {
            const found = `P4_NATS_URL leads to site ${broker.site ?? "(none)"}, not ${site}`;
            throw new CliError("misuse", found, "Name the server that runs beside the guard.", "BAD_CONFIG");
          }
          const options = { broker, region, sites, gate, alone, onChange: tell };
          const last = await guardSite(options, { signal, once });
          if (once && last.gate === "shut") context.fail();
        } finally {
          await broker.close();
        }
      }),
    );
  } finally {
    process.removeListener("SIGTERM", stop);
    context.signal.removeEventListener("abort", stop);
  }
}

async function vouched(context: VerbContext, { site, yes = false }: GuardCommand, sites: readonly string[]) {
  const other = sites.find((name) => name !== site) ?? "";
  if (sites.length > 2) {
    throw new CliError(
      "misuse",
      "of three sites and more, most of them decide: --alone is for two",
      null,
      "BAD_ARGUMENT",
    );
  }
  const question = `Has ${other} not taken over, and will it not? If it has, what ${site} takes from now on is lost.`;
  await context.confirm(`${question} Open ${site} without its word?`, yes);
}

/** Null: told to stop. Throws STORE_UNAVAILABLE when it is asked for once; else a server may be started later. */
async function connected(
  context: VerbContext,
  { url, access }: { readonly url: string; readonly access: BrokerAccess },
  { signal, once }: { readonly signal: AbortSignal; readonly once: boolean },
): Promise<Broker | null> {
  const startedMs = performance.now();
  let isTold = false;
  while (!signal.aborted) {
    try {
      return await connectBroker({ url, access, name: brokerUsers.guard, connectWithinMs, thisServerOnly: true });
    } catch (error) {
      const isAway = isStoreError(error, "STORE_UNAVAILABLE");
      if ((isAway || isStoreError(error, "STORE_FORBIDDEN")) && performance.now() - startedMs < reloadMs) {
        await sleep(reloadAgainMs, undefined, { signal }).catch(() => undefined);
        continue;
      }
      if (once || !isAway) throw error;
      if (!isTold) context.progress(`the gate is shut; waiting for the broker: ${error.message}`);
      isTold = true;
      await sleep(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

function show(context: VerbContext, { region, site }: GuardCommand, state: GuardedState): void {
  const { gate, epoch, why, leaseLeftMs } = state;
  const at = new Date().toISOString();
  const left = leaseLeftMs === null ? null : Math.round(leaseLeftMs);
  context.print({ at, region, site, gate, epoch, why, leaseLeftMs: left }, () => {
    const mark = context.terminal.style(gate === "open" ? "green" : "red", gate.padEnd(4));
    return `${at}  ${region} at ${site}  ${mark}  ${why}`;
  });
}
