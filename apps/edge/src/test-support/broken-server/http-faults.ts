import type { Fault, HttpExchange, HttpReply } from "./broken-server.ts";

type IsMeant = (exchange: HttpExchange) => boolean;

const proofs: IsMeant = ({ method, path }) => method === "POST" && path.startsWith("/proofs/");
const payments: IsMeant = ({ method, path }) => method === "POST" && path.startsWith("/api/v1/payment/");
const at =
  (start: string): IsMeant =>
  ({ path }) =>
    path.startsWith(start);

const reply = (isMeant: IsMeant, change: (reply: HttpReply) => Partial<HttpReply>): Fault => ({
  reply: (given, exchange) => (isMeant(exchange) ? { ...given, ...change(given) } : given),
});

const status = (isMeant: IsMeant, from: number, to: number): Fault =>
  reply(isMeant, (given) => (given.status === from ? { status: to } : {}));

/** Answers 400 in the real server's place. */
const refuses = (isMeant: IsMeant, isRefused: IsMeant): Fault => ({
  instead: (exchange) =>
    isMeant(exchange) && isRefused(exchange) ? Promise.resolve({ status: 400, headers: {}, body: "" }) : null,
});

/** What may be wrong with a server's HTTP routes, by name. */
export const httpFaults = {
  "fails on plain requests": () => reply(at("/ws/"), () => ({ status: 500 })),
  "says something about proofs": () => reply(proofs, () => ({ body: "ok" })),
  "takes any proof": (): Fault => ({
    instead: (exchange) => (proofs(exchange) ? Promise.resolve({ status: 201, headers: {}, body: "" }) : null),
  }),
  "takes no proof": () => reply(proofs, () => ({ status: 400 })),
  "insists on paths": () => refuses(proofs, ({ body }) => body.includes('"MINED"') && !/"merklePath":"\w/.test(body)),
  "insists on known statuses": () => refuses(proofs, ({ body }) => /ON_THE_MOON|competingTxs/.test(body)),
  "knows MINED alone": (): Fault => ({
    instead: (exchange) =>
      proofs(exchange) && /"txStatus":"(?!MINED)/.test(exchange.body)
        ? Promise.resolve({ status: 201, headers: {}, body: "" })
        : null,
  }),
  "sends batches back": () => refuses(at("/callbacks"), () => true),
  "knows one spelling": () => {
    const known = new Map<string, string>();
    return refuses(proofs, ({ path, body }) => {
      const merklePath = /"merklePath":"(\w*)"/.exec(body)?.[1] ?? "";
      const first = known.get(path) ?? merklePath;
      known.set(path, first);
      return merklePath !== first;
    });
  },
  "takes TSC alone": () => refuses(proofs, ({ body }) => body.includes('flags\\"')),
  "takes short keys alone": () => refuses(proofs, ({ body }) => /"publicKey":"0[467]/.test(body)),
  "fears member names": () => refuses(proofs, ({ body }) => body.includes("__proto__")),
  "has one path for proofs": () => reply(at("/api/v1/proofs/"), () => ({ status: 404 })),
  "cannot be asked for proofs": () =>
    reply(
      ({ method, path }) => method === "GET" && path.startsWith("/proofs/"),
      () => ({ status: 404 }),
    ),
  "rewrites answers": () => reply(at("/api/v1/payment/"), ({ body }) => ({ body: `${body} ` })),
  "takes refusals for acknowledgements": () => status(payments, 422, 201),
  "has no 404": () => status(at("/api/v1/payment/"), 404, 500),
  "has no 204": () => status(at("/"), 204, 404),
  "takes every merchant's error for its own": () =>
    reply(payments, ({ status: given, headers }) =>
      given >= 400 && headers["content-type"] === "application/json" ? { status: 500 } : {},
    ),
  "judges posted bodies": () => status(payments, 202, 400),
  "fails on bad payments": () => status(payments, 400, 500),
  "gives up waiting": () => status(payments, 202, 500),
  "knows no retries": (): Fault => {
    const seen = new Set<string>();
    return {
      reply: (given, exchange) => {
        const isAgain = payments(exchange) && seen.has(exchange.path);
        seen.add(exchange.path);
        return isAgain ? { ...given, status: 409 } : given;
      },
    };
  },
  "takes an acknowledgement from anyone": (): Fault => {
    let heard: ((body: string) => void) | null = null;
    return {
      instead: (exchange) =>
        payments(exchange)
          ? new Promise((resolve) => (heard = (body) => resolve({ status: 201, headers: {}, body })))
          : null,
      socket: {
        fromClient: (text, socket) => {
          const body = /"body":(\{.*?\}),"messageId"/.exec(text)?.[1];
          if (text.includes('"payment.ack"') && body !== undefined) heard?.(body);
          socket.toServer(text);
        },
      },
    };
  },
  "replays from the start": (): Fault => ({
    request: (exchange) =>
      exchange.headers["last-event-id"] === undefined
        ? exchange
        : { ...exchange, headers: { ...exchange.headers, "last-event-id": "0" } },
  }),
  "keeps pages out": () =>
    reply(
      () => true,
      ({ headers }) => ({
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("access-control"))),
      }),
    ),
  "counts below zero": () =>
    reply(at("/metrics"), ({ body }) => ({ body: body.replace(/^(\S*connections(?:\{[^}]*\})?) \d+$/m, "$1 -3") })),
  "is never ready": () => reply(at("/readyz"), () => ({ status: 503 })),
} satisfies Record<string, () => Fault>;
