import { fileURLToPath } from "node:url";

/** `nats.conf` of the repository's root: JetStream with the durability that the system promises. */
export const repositoryNatsConf = fileURLToPath(new URL("../../../nats.conf", import.meta.url));
