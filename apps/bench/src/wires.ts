/** How a server is spoken to: where a channel is joined, and how a message is wrapped. */
export interface Wire {
  pathOf(channelId: string, role: Role): string;
  /** Said as soon as the socket is open. */
  hello?(channelId: string): string;
  isJoined(text: string): boolean;
  isRefusal(text: string): boolean;
  /** What has to be answered at once: handshakes and heartbeats. */
  answer?(text: string): string | undefined;
  /** The envelope of the document, wrapped as this server takes it. */
  wrap(message: Message): string;
}

export type Role = "merchant" | "customer";

export interface Message {
  readonly key: string;
  readonly channelId: string;
  readonly messageId: string;
  /** JSON. */
  readonly body: string;
}

const envelope = ({ key, channelId, messageId, body }: Message): string =>
  `{"key":"${key}","messageId":"${messageId}","channelID":"${channelId}","headers":{},"body":${body}}`;

const isJoined = (text: string): boolean => text.includes('"join.success"');
const isRefusal = (text: string): boolean => /"(?:key|type)":"error"/.test(text);

/** The document's wrapper. */
export const p4Wire: Wire = {
  pathOf: (channelId, role) => `/ws/${channelId}?dialect=p4&role=${role}`,
  isJoined,
  isRefusal,
  wrap: envelope,
};

/** The wrapper of deployed wallets. */
export const dppWire: Wire = {
  pathOf: (channelId, role) => `/ws/${channelId}?${role === "merchant" ? "internal=true" : "dialect=dpp"}`,
  isJoined,
  isRefusal,
  wrap: ({ key, channelId, messageId, body }) =>
    `{"type":"${key}","messageId":"${messageId}","channelId":"${channelId}","headers":{},"body":${body}}`,
};

/** Engine.IO 4 and Socket.IO 5 over a WebSocket: a digit for each layer's kind of packet, then JSON. */
export const socketIoWire: Wire = {
  pathOf: (channelId) => `/socket.io/?EIO=4&transport=websocket&channel=${channelId}`,
  isJoined: (text) => text.startsWith("40"),
  isRefusal: (text) => text.startsWith("44"),
  answer: (text) => (text.startsWith("0") ? "40" : text === "2" ? "3" : undefined),
  wrap: (message) => `42["message",${envelope(message)}]`,
};

/** Commands in JSON, one a line. A publication comes back to its publisher as well. */
export const centrifugoWire: Wire = {
  pathOf: () => "/connection/websocket",
  hello: (channelId) => `{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"${channelId}"}}`,
  isJoined: (text) => text.includes('"id":2,"subscribe"'),
  isRefusal: (text) => text.includes('"error":{'),
  answer: (text) => (text === "{}" ? "{}" : undefined),
  wrap: (message) => `{"id":3,"publish":{"channel":"${message.channelId}","data":${envelope(message)}}}`,
};
