import { createHash, randomUUID } from "node:crypto";
import { ChannelRegistry } from "@p4/channel-host";
import { pendingFor, roleListeners, stateName, type SequencedEvent } from "@p4/channel";
import { wallet } from "@p4/channel/testing";
import { createInMemoryStore, type InMemoryStore } from "@p4/event-store";
import type { Role } from "@p4/protocol";
import { sdkCrypto, VERIFY_IF_SIGNED } from "@p4/spv";
import { proofRoutes, type ProofRequest, type ProofResponse, type ProofRouteOptions } from "../proof-routes.ts";
import { ProofStore } from "../proof-store.ts";
import type { RecordServices } from "../record-services.ts";
import { WaitingProofs } from "../waiting-proofs.ts";
import { knownHeaders, type KnownHeaders } from "./known-headers.ts";

export const channelId = "inv0000001";
export const ttlMs = 10_000;

export interface ProofServer {
  readonly memory: InMemoryStore;
  readonly registry: ChannelRegistry;
  readonly headers: KnownHeaders;
  readonly services: RecordServices;
  /** The codes told to `onCallback`, null for what was stored. */
  readonly outcomes: (string | null)[];
  readonly errors: unknown[];
  /** The clock. */
  nowMs: number;
  open(channelId: string): Promise<void>;
  /** A payment of this transaction, which the merchant accepts. */
  pay(txid: string, channelId?: string): Promise<void>;
  /** The keys of what a join is told now. */
  pending(role: Role): Promise<string[]>;
  /** The channel's state. */
  state(): Promise<string>;
  post(path: string, body: string | Uint8Array, headers?: Record<string, string>): Promise<ProofResponse>;
  get(path: string): Promise<ProofResponse>;
  events(channelId: string): Promise<SequencedEvent[]>;
}

/** The routes over actors and stores in memory, with one open channel, and a header source that the test feeds. */
export async function proofServer(overrides: Partial<ProofRouteOptions> & RuleOverrides = {}): Promise<ProofServer> {
  const memory = createInMemoryStore({ now: () => server.nowMs });
  const registry = new ChannelRegistry({
    log: memory.log,
    feed: memory.feed,
    deadlines: memory.deadlines,
    isConnectionAlive: () => Promise.resolve(true),
    nowMs: () => server.nowMs,
    newId: randomUUID,
    sha256Hex: (data) => createHash("sha256").update(data).digest("hex"),
    delay: () => Promise.resolve(),
    onFault: (_, error) => server.errors.push(error),
    alwaysReplay: process.env["ALWAYS_REPLAY"] === "on",
  });
  const headers = knownHeaders();
  const documents = memory.documents("proofs");
  const services: RecordServices = {
    registry,
    store: new ProofStore(documents, memory.documents("strays")),
    waiting: new WaitingProofs(documents),
    nowMs: () => server.nowMs,
    rules: {
      signaturePolicy: overrides.signaturePolicy ?? VERIFY_IF_SIGNED,
      headerPolicy: overrides.headerPolicy ?? "accept-unknown",
      takesUnsignedArc: overrides.takesUnsignedArc ?? true,
      headers,
      awaitsHeaders: overrides.awaitsHeaders ?? false,
      crypto: sdkCrypto,
    },
  };
  const routes = proofRoutes({
    ...services,
    isAuthorized: () => true,
    onCallback: (refusal) => server.outcomes.push(refusal),
    onError: (error) => server.errors.push(error),
    ...overrides,
  });
  const call = (method: string, path: string, body: string | Uint8Array, given: Record<string, string>) => {
    const url = new URL(path, "http://local");
    for (const route of routes) {
      const match = new RegExp(`^${route.path.replace(/:(\w+)/, "(?<$1>[^/]+)")}$`).exec(url.pathname);
      if (match === null || route.method !== method) continue;
      const request: ProofRequest = {
        params: { ...match.groups },
        query: url.searchParams,
        headers: new Map(Object.entries(given)),
        body: typeof body === "string" ? new TextEncoder().encode(body) : body,
      };
      return route.handle(request);
    }
    throw new Error(`no route ${method} ${path}`);
  };
  const server: ProofServer = {
    services,
    memory,
    registry,
    headers,
    outcomes: [],
    errors: [],
    nowMs: 1_000_000,
    async open(id) {
      const metadata = { commandId: `join.${id}`, nowMs: server.nowMs, correlationId: "", causationId: "test" };
      const participant = { connectionId: "m1", nodeId: "n1", role: "merchant", explicit: true } as const;
      const expiresAtMs = server.nowMs + ttlMs;
      const join = { type: "JoinChannel", channelId: id, participant, expiresAtMs, metadata } as const;
      await registry.submit(id, { ...join, mayOpen: true, merchantIsAlive: false });
    },
    async pay(txid, id = channelId) {
      for (const type of ["SubmitPayment", "AcceptPayment"] as const) {
        await registry.submit(id, wallet(type, { txid, nowMs: server.nowMs }));
      }
    },
    async pending(role) {
      return pendingFor(roleListeners[role], (await registry.read(channelId)).snapshot).map((message) =>
        message.kind === "server" ? message.key : message.event.type,
      );
    },
    async state() {
      return stateName((await registry.read(channelId)).snapshot);
    },
    post: (path, body, given = {}) => call("POST", path, body, { "content-type": "application/json", ...given }),
    get: (path) => call("GET", path, "", {}),
    async events(id) {
      const stored = await memory.log.readStream(id);
      return stored.map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as SequencedEvent);
    },
  };
  await server.open(channelId);
  return server;
}

type RuleOverrides = Partial<
  Pick<ProofRouteOptions["rules"], "signaturePolicy" | "headerPolicy" | "takesUnsignedArc" | "awaitsHeaders">
>;
