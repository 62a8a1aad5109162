import type { Fault } from "./broken-server.ts";
import type { BrokenSocket } from "./broken-socket.ts";
import { channelIdOf, headerIn, keyOf, timeText, withHeader } from "./frame-texts.ts";

const fromServer = (change: (text: string, socket: BrokenSocket) => string | null): Fault => ({
  socket: {
    fromServer: (text, socket) => {
      const changed = change(text, socket);
      if (changed !== null) socket.toClient(changed);
    },
  },
});

const fromClient = (change: (text: string, socket: BrokenSocket) => string | null): Fault => ({
  socket: {
    fromClient: (text, socket) => {
      const changed = change(text, socket);
      if (changed !== null) socket.toServer(changed);
    },
  },
});

const upgrade = (change: (path: string) => string | { status: number }): Fault => ({ upgrade: change });

/** What may be wrong with a server's sockets, by name. One set per server. */
export const socketFaults = {
  "greets everyone": () =>
    fromServer((text, { others }) => {
      if (keyOf(text) === "join.success") for (const other of others) other.toClient(text);
      return text;
    }),
  "tells no deadline": () => fromServer((text) => text.replace("x-channel-expires", "x-something")),
  "counts nothing": () => fromServer((text) => withHeader(text, "x-p4-sequence", "7")),
  "moves the deadline": () =>
    fromServer((text) => withHeader(text, "x-channel-expires", timeText(Date.now() + 7_200_000))),
  "never expires": () => fromServer((text) => withHeader(text, "x-channel-expires", timeText(Date.now() + 1_000))),
  "upgrades, then closes": () => upgrade(() => ({ status: 101 })),
  "takes any channel id": () => upgrade((path) => path.replace(/\/ws\/[^?]*/, "/ws/tidied")),
  "takes health for a channel": () =>
    fromClient((text, { channelId, others }) => {
      if (channelId === "health") for (const other of others) other.toClient(text);
      return text;
    }),
  "has one dialect": () =>
    upgrade((path) => {
      const url = new URL(path, "http://localhost");
      url.searchParams.set("dialect", "p4");
      return url.pathname + url.search;
    }),
  "takes what it knows of a URL": () =>
    upgrade((path) => {
      const url = new URL(path, "http://localhost");
      const known = new Map([...url.searchParams].filter(([name]) => name === "role" || name === "dialect"));
      return `${url.pathname}?${new URLSearchParams([...known]).toString()}`;
    }),
  "does not know a page": (): Fault => ({ ignoredHeader: "origin" }),
  "promises the seat to everyone": () =>
    fromServer((text, { path }) => (path.includes("internal=true") ? withHeader(text, "x-p4-role", "merchant") : text)),
  "sees a merchant everywhere": () => fromServer((text) => withHeader(text, "x-p4-merchant", "present")),
  "knows no subprotocols": (): Fault => ({ ignoredHeader: "sec-websocket-protocol" }),
  "takes any version": (): Fault => ({ otherHeader: { "sec-websocket-version": "13" } }),
  "ignores since": () => upgrade((path) => path.replace(/&since=\d+/, "")),
  "loses acknowledgements": () => fromServer((text) => (keyOf(text) === "payment.ack" ? null : text)),
  "leaves members out": () => fromServer((text) => text.replace(/,"userId":"[^"]*"/, "")),
  "writes errors of its own": () => fromServer((text) => text.replace(/"origin(Key|Type)"/, '"about"')),
  "answers no errors": () => fromServer((text) => (keyOf(text) === "error" ? null : text)),
  "drops who errs": () =>
    fromServer((text, socket) => {
      if (keyOf(text) !== "error") return text;
      socket.destroy();
      return null;
    }),
  "answers once": () =>
    fromServer((text, { notes }) => {
      const isSecond = keyOf(text) === "payment.ack" && notes.has("acknowledged");
      if (keyOf(text) === "payment.ack") notes.set("acknowledged", "");
      return isSecond ? null : text;
    }),
  forgets: () =>
    fromServer((text, { notes }) => {
      const sequence = headerIn(text, "x-p4-sequence");
      if (keyOf(text) === "join.success") notes.set("joined", sequence);
      else if (sequence !== "" && Number(sequence) <= Number(notes.get("joined"))) return null;
      return text;
    }),
  "says proofs twice": () =>
    fromServer((text, socket) => {
      if (keyOf(text) === "proof.create") socket.toClient(text);
      return text;
    }),
  "keeps rejections back": () => fromServer((text) => (keyOf(text) === "transaction.rejected" ? null : text)),
  "keeps revocations back": () => fromServer((text) => (keyOf(text) === "proof.revoked" ? null : text)),
  "takes double spends for proofs": () => fromServer((text) => text.replace('"doublespend.notify"', '"proof.create"')),
  echoes: () =>
    fromClient((text, socket) => {
      socket.toClient(text);
      return text;
    }),
  "relays to all": () =>
    fromClient((text, { others }) => {
      for (const other of others) other.toClient(text);
      return text;
    }),
  "trusts channel ids": () =>
    fromClient((text, socket) => {
      const there = channelIdOf(text);
      if (there !== socket.channelId)
        for (const other of socket.all) if (other.channelId === there) other.toClient(text);
      return text;
    }),
  "re-serialises bodies": () =>
    fromClient((text) => {
      try {
        return JSON.stringify(JSON.parse(text));
      } catch {
        return text;
      }
    }),
  "strips headers": () => fromClient((text) => text.replace(/"headers":\{[^}]*\}/, '"headers":{}')),
  "strips unknown members": () => fromClient((text) => text.replace(/,"futureMember":\{[^}]*\}/, "")),
  "gives new ids": () => fromClient((text) => text.replace(/"messageId":"[^"]*"/, `"messageId":"${Math.random()}"`)),
  "relays no errors": () => fromClient((text) => (keyOf(text).endsWith(".error") ? null : text)),
  "keeps the end to itself": () => fromServer((text) => (keyOf(text) === "channel.closed" ? null : text)),
  "takes small frames only": () =>
    fromClient((text, socket) => {
      if (text.length <= 10_000) return text;
      socket.close(1009);
      return null;
    }),
  "dies of bursts": () => {
    let frames = 0;
    return fromClient((text, socket) => {
      if (++frames > 1_000) for (const other of socket.all) other.destroy();
      return text;
    });
  },
  "has one set of names": () =>
    fromServer((text) =>
      text.replace(/"key":"[^"]*","type":/, '"type":').replace(/"(key|type)":"paymentterms\./, '"$1":"paymentrequest.'),
    ),
  "warns of nothing": () => fromServer((text) => text.replace(/,"x-p4-warning":(\["[^"]*"\]|"[^"]*")/, "")),
  "judges bodies": () => fromClient((text) => (text.includes('"ef63d9775da5":{') ? null : text)),
  "goes by ids": () => {
    const seen = new Map<string, string>();
    let lastAck = "";
    return {
      socket: {
        fromServer: (text, socket) => {
          if (keyOf(text) === "payment.ack") lastAck = text;
          socket.toClient(text);
        },
        fromClient: (text, socket) => {
          const [key, id] = [keyOf(text), /"messageId":"([^"]*)"/.exec(text)?.[1] ?? ""];
          const isKnown = seen.get(`${socket.channelId} ${id}`) === key;
          seen.set(`${socket.channelId} ${id}`, key);
          if (!isKnown) socket.toServer(text);
          else if (key === "payment") socket.toClient(lastAck);
        },
      },
    };
  },
  "ignores malformed frames": (): Fault => ({ socket: { malformed: () => undefined } }),
  "dies of broken connections": (): Fault => ({
    socket: {
      broken: ({ all }) => {
        for (const other of all) other.destroy();
      },
    },
  }),
  "mixes messages up": () => {
    let last = "";
    let count = 0;
    return fromServer((text) => {
      if (!keyOf(text).startsWith("payment")) return text;
      const sent = ++count % 17 === 0 ? last : text;
      last = text;
      return sent;
    });
  },
  reorders: () =>
    fromServer((text, socket) => {
      if (keyOf(text) !== "paymentrequest.response") return text;
      const held = socket.notes.get("held");
      if (held === undefined) {
        socket.notes.set("held", text);
        return null;
      }
      socket.notes.delete("held");
      socket.toClient(text);
      return held;
    }),
  "freezes with its slowest reader": () =>
    fromServer((text, { all }) => ([...all].some(({ client }) => client.writableLength > 500_000) ? null : text)),
} satisfies Record<string, () => Fault>;
