import { connect } from "@nats-io/transport-node";
import { connectionOptions, type BrokerOptions } from "./connect-options.ts";

/** One server of a list, by itself. */
export interface ServerProbe {
  /** Without credentials. */
  readonly url: string;
  /** As the server calls itself; null when it does not answer. */
  readonly name: string | null;
  /** Why it does not answer; null when it does. */
  readonly fault: string | null;
}

const answerWithinMs = 2_000;

/** Asks each server of the list whether it is there, all at the same time. Never rejects for one that is not. */
export async function probeServers(options: BrokerOptions): Promise<ServerProbe[]> {
  const base = connectionOptions(options, () => 0);
  const probe = async (url: string): Promise<ServerProbe> => {
    try {
      const nc = await connect({ ...base, servers: url, reconnect: false, timeout: answerWithinMs });
      const name = nc.info?.server_name ?? null;
      await nc.close();
      return { url, name, fault: null };
    } catch (error) {
      return { url, name: null, fault: error instanceof Error ? error.message : String(error) };
    }
  };
  return Promise.all([base.servers ?? []].flat().map(probe));
}
