import { encodeErrorMessage, encodeMessage, errorReport, nameOfKey, serverMessage } from "@p4/protocol";
import type { Encoding, Message, MessageSpec, TermsNames } from "@p4/protocol";
import { exampleBodies } from "../example-bodies.ts";
import { headersOf } from "./message-descriptions.ts";

export interface MessageExample {
  readonly name: string;
  readonly summary: string;
  readonly payload: unknown;
}

const channelId = "inv0000001";
const messageId = "5f3a0f4e-6c7d-4f0b-9a3e-2d1c0b9a8f7e";
const timestampMs = Date.UTC(2026, 0, 15, 10, 0, 0);

interface Form {
  readonly name: string;
  readonly summary: string;
  readonly encoding: Encoding;
  readonly names?: TermsNames | "unknown";
}

const dialects: readonly Form[] = [
  { name: "p4", summary: "The document's wrapper", encoding: "p4" },
  { name: "dpp", summary: "The wrapper of the deployed Go library", encoding: "dpp" },
];
const undecided: readonly Form[] = [
  { name: "both", summary: "To a peer whose dialect is not known yet", encoding: "both" },
  { name: "bothGo", summary: "To Go's HTTP client, whose dialect is not known yet", encoding: "bothGo" },
];
const otherNames: Form = {
  name: "paymentterms",
  summary: "To a wallet that calls it so (ElectrumSV)",
  encoding: "dpp",
  names: "paymentterms",
};
const eitherName: Form = {
  name: "eitherName",
  summary: "To a merchant that joined with internal=true and has not shown its names yet",
  encoding: "dpp",
  names: "unknown",
};

/** One frame for each dialect, written by the code that writes the server's own. */
export function messageExamples(spec: MessageSpec): readonly MessageExample[] {
  return formsOf(spec.key).map((form) => ({
    name: form.name,
    summary: form.summary,
    payload: JSON.parse(frame(spec, form)) as unknown,
  }));
}

function formsOf(key: string): readonly Form[] {
  if (key === "join.success") return [...dialects, ...undecided];
  if (key === nameOfKey(key, "paymentterms")) return dialects;
  return key === "paymentrequest.create" ? [...dialects, otherNames, eitherName] : [...dialects, otherNames];
}

function frame({ key, body }: MessageSpec, { encoding, names }: Form): string {
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
  return encodeMessage(message, encoding, names);
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
