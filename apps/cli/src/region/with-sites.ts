import type { Config } from "@p4/config";
import { connectBroker, type Broker, type BrokerAccess, type SiteBrokers } from "@p4/nats";
import { isStoreError } from "@p4/event-store";
import { isRegionError } from "@p4/regions";
import { CliError } from "../cli-error.ts";
import { explained } from "../operator/with-node.ts";
import { configured, readConfig } from "../operator/read-config.ts";
import { brokerAccessOf } from "@p4/app";
import type { VerbContext } from "../verb.ts";

/** What a region's verb works on. */
export interface Sites {
  readonly config: Config;
  readonly brokers: SiteBrokers;
}

/** A site that has not answered by then counts as away: in a disaster each second counts. */
const connectWithinMs = 1_000;

/** Connects to every site that answers, does the work and leaves. Throws a CliError. */
export async function withSites<T>(context: VerbContext, work: (sites: Sites) => Promise<T>): Promise<T> {
  const config = readConfig(context);
  if (config.sites === null) {
    const nextStep = 'Set P4_SITES, such as "a=nats://a1:4222,nats://a2:4222;b=nats://b1:4222".';
    throw new CliError("misuse", "P4_SITES names no sites", nextStep, "BAD_CONFIG");
  }
  const access = configured(() => brokerAccessOf(config));
  const connected = await Promise.all(
    config.sites.map(async ({ name, urls }): Promise<readonly [string, Broker | null]> => {
      return [name, await connect(urls.join(","), access)];
    }),
  );
  try {
    return await explained(() => told(() => work({ config, brokers: new Map(connected) })));
  } finally {
    await Promise.all(connected.map(async ([, broker]) => broker?.close()));
  }
}

async function connect(url: string, access: BrokerAccess): Promise<Broker | null> {
  try {
    return await connectBroker({ url, access, name: "p4-cli", connectWithinMs });
  } catch (error) {
    if (isStoreError(error, "STORE_UNAVAILABLE")) return null;
    throw error;
  }
}

const nextSteps: Partial<Record<string, string>> = {
  REGION_SITE_AWAY: "`p4 region status` shows which sites answer.",
  REGION_SITE_ANSWERS: "Use `p4 region switch`, which loses nothing; or --fence-reachable if it cannot be used.",
  REGION_COPY_BEHIND: "Wait until `p4 region status` shows the copy as fresh, and run this again.",
  REGION_COPY_HOLED: "`p4 region return <region> <site>` recreates the copy, while the home is there.",
  REGION_WOULD_LOSE:
    "Where the lost site can come back, wait for it, or take another one; --accept-loss gives these events up.",
  REGION_CONTESTED: "Look at `p4 region status`, and agree with the other operator.",
  REGION_UNFINISHED: "`p4 region status` shows the streams: finish what was begun first.",
  REGION_GATE_STUCK:
    "Look at the gate file, at pid_file, and at the users in the broker's configuration: docs/regions.md.",
  REGION_NOT_SET_UP: "`p4 region copy <region> --to <site>` sets it up.",
};

/** What is in the way, with the next step. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRegionError(error)) throw error;
    const kind = error.code === "REGION_SITE_AWAY" ? "unreachable" : "failed";
    throw new CliError(kind, error.message, nextSteps[error.code] ?? null, error.code);
  }
}
