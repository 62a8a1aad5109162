import type { JsonSchema } from "../json-schema.ts";

const host = {
  default: "127.0.0.1:8445",
  description: "Host and port that serve this description.",
};

/** AsyncAPI knows no relative addresses: the host is a variable. */
export const servers: JsonSchema = {
  plain: {
    host: "{host}",
    protocol: "ws",
    description: "The node that serves this description.",
    variables: { host },
  },
  tls: {
    host: "{host}",
    protocol: "wss",
    description: "The same behind a proxy that speaks TLS, which the node itself does not.",
    variables: { host },
  },
};
