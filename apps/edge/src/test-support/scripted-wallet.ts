import { joinPeer, keyOf, type Frame, type Peer } from "./peer.ts";

/** Answers a frame with `[key, body text]`; null stays silent. */
export type Script = (key: string, frame: Frame) => readonly [key: string, bodyText: string] | null;

/** Bodies as texts, with numbers that no parser may touch. */
export const termsText =
  '{"network":"mainnet","outputs":[{"amount":1000,"script":"51"}],"big":12345678901234567890,"one":1.0}';
export const ackText = '{"id":"a","tx_id":"b","memo":"thanks","peer_channel":null,"error":0,"one":1.0}';
export const failedAckText = '{"memo":"too little","error":1}';

/** Answers everything at once, and well. */
export const quickMerchant: Script = (key) => {
  if (key === "paymentrequest.create") return ["paymentrequest.response", termsText];
  return key === "payment" ? ["payment.ack", ackText] : null;
};

/** A wallet that plays a script, from what is pending when it joins. `query` tells its role. */
export async function joinScripted(
  edge: { readonly port: number },
  channelId: string,
  script: Script,
  query = "role=merchant",
): Promise<Peer> {
  const peer = await joinPeer(`ws://127.0.0.1:${String(edge.port)}/ws/${channelId}?dialect=p4&${query}`);
  const play = (frame: Frame): void => {
    const answer = script(keyOf(frame), frame);
    if (answer !== null) sayText(peer, answer[0], answer[1], String(frame["correlationID"]));
  };
  for (const frame of peer.frames) play(frame);
  peer.socket.addEventListener("message", () => play(peer.frames.at(-1) as Frame));
  return peer;
}

/** A message whose body is written as it is. */
export function sayText(peer: Peer, key: string, bodyText: string, correlationID = ""): void {
  const head = JSON.stringify({ key, messageId: crypto.randomUUID(), correlationID });
  peer.send(`${head.slice(0, -1)},"body":${bodyText}}`);
}

/** The body of the last frame with this key, as it came. The server writes it between these two members. */
export function bodyTextOf(peer: Peer, key: string): string {
  const text = peer.texts.findLast((candidate) => candidate.includes(`"key":${JSON.stringify(key)}`)) ?? "";
  return text.slice(text.indexOf(',"body":') + 8, text.lastIndexOf(',"messageId":'));
}

/** A transaction of one input and one output; `scriptBytes` makes it as large as wanted. */
export function rawTx(seed: number, scriptBytes = 1): string {
  const outpoint = seed.toString(16).padStart(64, "0");
  const script = `${varInt(scriptBytes)}${"6a".repeat(scriptBytes)}`;
  return `0100000001${outpoint}0000000000ffffffff01e803000000000000${script}00000000`;
}

function varInt(value: number): string {
  const bytes = Buffer.alloc(5);
  if (value < 0xfd) return Buffer.of(value).toString("hex");
  bytes[0] = 0xfe;
  bytes.writeUInt32LE(value, 1);
  return bytes.toString("hex");
}

export function paymentText(seed: number, more = ""): string {
  return `{"rawTx":"${rawTx(seed)}","memo":"hi"${more}}`;
}
