import { ConfigError, schema, type Config } from "@p4/config";
import { isAccessError, readBrokerAccess, type BrokerAccess } from "@p4/nats";

type AccessConfig = Pick<Config, "natsUrl" | "natsCredentials" | "natsCa">;

const settingOf = { credentials: "natsCredentials", ca: "natsCa" } as const;

/** What the configured files let this program show the broker. Throws a ConfigError that names the file and the rule. */
export function brokerAccessOf({ natsUrl, natsCredentials, natsCa }: AccessConfig): BrokerAccess {
  try {
    return readBrokerAccess({ credentialFiles: natsCredentials ?? [], caFile: natsCa, urls: natsUrl });
  } catch (error) {
    if (!isAccessError(error)) throw error;
    const values = { natsCredentials: (natsCredentials ?? []).join(","), natsCa: natsCa ?? "" };
    const name = settingOf[error.setting];
    throw new ConfigError([{ variable: schema[name].variable, value: values[name], rule: error.message }]);
  }
}
