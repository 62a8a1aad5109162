import { afterClose, closeCodeRanges, closeCodes, messageCatalogue, type Sender } from "@p4/protocol";
import { closeCodeOf, type ErrorTables, type JoinErrorDescription } from "../error-description.ts";
import { joinQuery } from "../join-query.ts";
import { wireSchemas, type JsonSchema } from "../json-schema.ts";
import { messages } from "./messages.ts";
import { servers } from "./servers.ts";

export interface AsyncApiOptions extends ErrorTables {
  readonly title: string;
  readonly version: string;
}

/** The sockets as an AsyncAPI 3.0 document. The application that it describes is the server. */
export function asyncApi({ title, version, messageErrors, joinErrors }: AsyncApiOptions): JsonSchema {
  return {
    asyncapi: "3.0.0",
    info: {
      title: `${title}: sockets`,
      version,
      description:
        "A merchant and a customer talk over one channel for each invoice. Messages are JSON text frames in one of two " +
        "wrappers: p4, the protocol's document, and dpp, the deployed Go library. The HTTP routes are in openapi.json.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    servers,
    channels: {
      wallet: {
        address: "/ws/{channelID}",
        title: "A payment channel",
        description:
          "A join is refused as HTTP (see openapi.json), or accepted and closed with a code and a reason for clients that " +
          "hide HTTP answers from their program. x-refused-joins has both. An open socket is no join yet, join.success is: " +
          "where only the log can still refuse a join, the socket opens first, and the log's trouble closes it with a code, " +
          "unless refusal=http is asked for.",
        parameters: { channelID: { description: "The invoice: 1 to 64 of A-Z, a-z, 0-9, _ and -." } },
        messages: refs(messageCatalogue.map(({ key }) => key)),
        bindings: { ws: { method: "GET", query: joinSchema(), bindingVersion: "0.1.0" } },
        "x-refused-joins": joinErrors.map(refusedJoin),
        "x-close-codes": Object.values(closeCodes).map((each) => ({ ...each, then: afterClose(each.code) })),
        "x-close-code-ranges": closeCodeRanges,
        "x-subprotocols": ["p4", "dpp"],
      },
      health: {
        address: "/ws/health",
        title: "No channel: whether the server lives",
        messages: refs(["health.join.success"]),
        bindings: { ws: { method: "GET", bindingVersion: "0.1.0" } },
      },
    },
    operations: {
      fromCustomer: operation("receive", "What a customer may send", keysFrom("customer")),
      fromMerchant: operation("receive", "What a merchant may send", keysFrom("merchant")),
      fromServer: operation("send", "What the server says of itself", keysFrom("server")),
      relayed: operation("send", "What one wallet said and the other hears", [
        ...keysFrom("customer"),
        ...keysFrom("merchant"),
      ]),
      greetHealth: {
        action: "send",
        title: "The answer to a join of health",
        channel: { $ref: "#/channels/health" },
        messages: [{ $ref: "#/channels/health/messages/health.join.success" }],
      },
    },
    components: { messages: messages(messageErrors), schemas: wireSchemas() },
  };
}

function keysFrom(sender: Sender): readonly string[] {
  return messageCatalogue.filter(({ from }) => from.includes(sender)).map(({ key }) => key);
}

function refs(keys: readonly string[]): JsonSchema {
  return Object.fromEntries(keys.map((key) => [key, { $ref: `#/components/messages/${key}` }]));
}

function operation(action: "send" | "receive", title: string, keys: readonly string[]): JsonSchema {
  return {
    action,
    title,
    channel: { $ref: "#/channels/wallet" },
    messages: keys.map((key) => ({ $ref: `#/channels/wallet/messages/${key}` })),
  };
}

function refusedJoin(error: JoinErrorDescription): JsonSchema {
  const { status, code, rule } = error;
  return { code, status, closeCode: closeCodeOf(error), meaning: rule };
}

function joinSchema(): JsonSchema {
  const properties = joinQuery.map(({ name, description, schema }) => [name, { ...schema, description }] as const);
  return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
}
