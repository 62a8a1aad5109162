import { brokerAccessOf, siteNamesOf } from "@p4/app";
import type { Config } from "@p4/config";
import { brokerUsers, connectBroker, surveyGate, type GateSurvey } from "@p4/nats";
import { configured } from "../operator/read-config.ts";

/** One server of a site. `found`: null when it does not answer. */
export interface ServerGateState {
  readonly site: string;
  readonly server: string;
  readonly found: GateSurvey | null;
}

const connectWithinMs = 1_000;

/** Each server has a gate of its own, so each one that P4_SITES names is asked. */
export async function surveyGates(config: Config, region: string): Promise<readonly ServerGateState[]> {
  const access = configured(() => brokerAccessOf(config));
  const sites = siteNamesOf(config);
  const servers = (config.sites ?? []).flatMap(({ name, urls }) => urls.map((url) => ({ site: name, url })));
  return Promise.all(
    servers.map(async ({ site, url }) => {
      const server = new URL(url).host;
      try {
        const options = { url, access, name: brokerUsers.operator, connectWithinMs, thisServerOnly: true };
        const broker = await connectBroker(options);
        try {
          return { site, server, found: await surveyGate(broker, { region, sites }) };
        } finally {
          await broker.close();
        }
      } catch {
        // Why a site does not answer is told where its streams are looked at.
        return { site, server, found: null };
      }
    }),
  );
}
