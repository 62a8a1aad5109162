import { encodeErrorMessage, encodeMessage, errorReport, serverMessage } from "@p4/protocol";
import type { Encoding, Message, MessageSpec } from "@p4/protocol";
import { exampleBodies } from "../example-bodies.ts";
import { headersOf } from "./message-descriptions.ts";

export interface MessageExample {
  readonly name: Encoding;
  readonly summary: string;
  readonly payload: unknown;
}

const channelId = "inv0000001";
const messageId = "5f3a0f4e-6c7d-4f0b-9a3e-2d1c0b9a8f7e";
const timestampMs = Date.UTC(2026, 0, 15, 10, 0, 0);

const summaries: Readonly<Record<Encoding, string>> = {
  p4: "The document's wrapper",
  dpp: "The wrapper of the deployed Go library",
  both: "To a peer whose dialect is not known yet",
};

/** One frame for each dialect, written by the code that writes the server's own. */
export function messageExamples(spec: MessageSpec): readonly MessageExample[] {
  const encodings: readonly Encoding[] = spec.key === "join.success" ? ["p4", "dpp", "both"] : ["p4", "dpp"];
  return encodings.map((encoding) => ({
    name: encoding,
    summary: summaries[encoding],
    payload: JSON.parse(frame(spec, encoding)) as unknown,
  }));
}

function frame({ key, body }: MessageSpec, encoding: Encoding): string {
  if (key === "error") return encodeErrorMessage(exampleError, encoding);
  const example = exampleBodies[body];
  const message: Message = serverMessage({
    key,
    channelId,
    messageId,
    correlationId: key === "proof.create" ? "ab".repeat(32) : "",
    bodyText: example === null ? null : JSON.stringify(example),
    headers: headersOf(key).map(({ name, example: value }) => [name, [value]] as const),
    clientId: "225b03e9-3fdd-4686-8fa0-dbc46145be72",
    timestampMs,
  });
  return encodeMessage(message, encoding);
}

const exampleError = errorReport({
  title: "unknown message key",
  description: "key: the key is one of the catalogue",
  errCode: "WIRE_KEY_UNKNOWN",
  origin: { key: "payment.steal", messageId: "m-1", correlationId: "", bodyText: null },
  channelId,
  messageId,
  timestampMs,
});
