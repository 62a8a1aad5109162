import { ConfigError, schema, type Config } from "@p4/config";
import { isAccessError, readBrokerAccess, type BrokerAccess } from "@p4/nats";

type AccessConfig = Pick<Config, "natsUrl" | "natsCredentials">;

/** What the configured files let this program show the broker. Throws a ConfigError that names the file and the rule. */
export function brokerAccessOf({ natsUrl, natsCredentials }: AccessConfig): BrokerAccess {
  try {
    return readBrokerAccess({ credentialFiles: natsCredentials ?? [], urls: natsUrl });
  } catch (error) {
    if (!isAccessError(error)) throw error;
    const value = (natsCredentials ?? []).join(",");
    throw new ConfigError([{ variable: schema.natsCredentials.variable, value, rule: error.message }]);
  }
}
