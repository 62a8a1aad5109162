import { openChannelNode, type ChannelNode } from "@p4/app";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withBroker } from "./test-support/broker.ts";
import { newChannelId, startEdgeServer, type Answer, type EdgeServer } from "./test-support/edge-server.ts";
import { loadVectors } from "./test-support/vectors.ts";
import { headerOf, keyOf, Wallet, type Frame } from "./test-support/wallet.ts";

interface Step {
  readonly step: number;
  readonly actor: string;
  readonly action: "connect" | "send" | "http" | "http-response";
  readonly frame?: string;
  readonly to?: readonly string[];
  readonly relayedTo?: readonly string[];
  readonly request: { readonly method: string; readonly path: string; readonly seedPath?: string } & {
    readonly headers?: Record<string, string>;
    readonly body?: unknown;
  };
  readonly response: { readonly status: number; readonly body: unknown };
}

interface Flow {
  readonly name: string;
  readonly dialect: "go-sockets" | "seed";
  readonly steps: readonly Step[];
}

const broker = withBroker();
let server: EdgeServer;
let worker: ChannelNode;
beforeAll(async () => {
  server = await startEdgeServer(broker.url);
  const placement = { region: "local", shards: 2, replicas: 1, retentionMs: 90 * 86_400_000 };
  worker = await openChannelNode({ natsUrl: broker.url, name: "worker", ...placement });
});
afterAll(() => worker.close());

/** As its timer would, hours later. */
async function expire(channelId: string): Promise<void> {
  const { snapshot } = await worker.registry.read(channelId);
  const nowMs = snapshot.context.expiresAtMs;
  const metadata = { commandId: `expire-${channelId}`, nowMs, correlationId: "", causationId: "timer" };
  expect(await worker.registry.submit(channelId, { type: "ExpireChannel", metadata })).toMatchObject({
    outcome: "stored",
  });
}

/** The flow as the vectors print it, on a channel of its own. */
function flowOf(name: string): { flow: Flow; channelId: string } {
  const channelId = newChannelId();
  const flows = loadVectors("dpp-messages").flows as Flow[];
  const text = JSON.stringify(flows.find((flow) => flow.name === name)).replaceAll("inv0000001", channelId);
  return { flow: JSON.parse(text) as Flow, channelId };
}

/** Plays the wallets' part of a flow, and checks the server's: the model, but for the decisions named "flow: ...". */
class Player {
  readonly #wallets = new Map<string, Wallet>();
  readonly #channelId: string;
  readonly #dialect: string;
  #frames = new Map<string, number>();
  #expected = new Map<string, string>();
  #pending: Promise<Answer> | null = null;

  constructor(flow: Flow, channelId: string) {
    this.#channelId = channelId;
    this.#dialect = flow.dialect === "seed" ? "p4" : "dpp";
  }

  async play(step: Step): Promise<void> {
    switch (step.action) {
      case "connect": {
        const wallet = new Wallet(`${server.socketUrl}${this.#inDialect(step.request.path)}`);
        this.#wallets.set(step.actor, wallet);
        return;
      }
      case "send":
        return step.actor === "server" ? this.#hear(step) : this.#say(step);
      case "http":
        return this.#call(step);
      case "http-response":
        return this.#answered(step);
    }
  }

  #inDialect(path: string): string {
    return `${path}${path.includes("?") ? "&" : "?"}dialect=${this.#dialect}`;
  }

  #wallet(actor: string): Wallet {
    const wallet = this.#wallets.get(actor);
    if (wallet === undefined) throw new Error(`${actor} has not joined`);
    return wallet;
  }

  /** The next frame of this wallet: nothing else came before it. */
  async #next(actor: string, key: string): Promise<Frame> {
    const wallet = this.#wallet(actor);
    const at = this.#frames.get(actor) ?? 0;
    this.#frames.set(actor, at + 1);
    await wallet.hear(key, wallet.keys.slice(0, at).filter((each) => each === key).length + 1);
    const frame = wallet.frames[at] ?? {};
    expect(keyOf(frame)).toBe(key);
    return frame;
  }

  async #say({ actor, frame = "", relayedTo = [] }: Step): Promise<void> {
    const sent = JSON.parse(frame) as Frame;
    const asked = this.#expected.get("correlation");
    if (asked !== undefined) sent["correlationId"] = asked;
    // As the Go library writes it, with its newline; the other dialect has none.
    this.#wallet(actor).send(`${JSON.stringify(sent)}${frame.endsWith("\n") ? "\n" : ""}`);
    for (const other of relayedTo.filter((each) => each !== actor)) {
      const heard = await this.#next(other, keyOf(sent));
      const headers = { ...sent["headers"], "x-p4-sequence": heard["headers"]["x-p4-sequence"] as unknown };
      const clientID = this.#dialect === "dpp" ? { clientID: this.#wallet(actor).clientId } : {};
      expect(heard).toEqual({ ...sent, ...clientID, headers });
      const text = this.#wallet(other).texts[this.#wallet(other).frames.indexOf(heard)] ?? "";
      expect(text.endsWith("\n")).toBe(this.#dialect === "dpp");
    }
  }

  /** What the server writes itself: the members of the vector's frame, and the values that follow from the flow. */
  async #hear({ frame = "", to = [] }: Step): Promise<void> {
    const model = JSON.parse(frame) as Frame;
    if (keyOf(model) === "channel.expired") await expire(this.#channelId);
    for (const actor of to) {
      const heard = await this.#next(actor, keyOf(model));
      const names = Object.keys(model).filter((name) => this.#dialect === "dpp" || name !== "expiration");
      expect(Object.keys(heard)).toEqual(expect.arrayContaining(names));
      const { channelId, channelID, body, type, key } = model;
      const kept = Object.entries({ channelId, channelID, type, key }).filter(([, value]) => value !== undefined);
      expect(heard).toMatchObject(Object.fromEntries(kept));
      expect(heard["body"]).toEqual(Object.keys(body ?? {}).length === 0 ? null : body);
      for (const name of Object.keys(model["headers"])) {
        if (name === "X-Channel-Expires") expect(headerOf(heard, name)).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+(\.\d+)?Z$/);
        else expect(headerOf(heard, name)).toBe(headerOf(model, name));
      }
      if (keyOf(model) === "proof.create") {
        const [correlation] = [heard["correlationId"] ?? heard["correlationID"]];
        expect(correlation).toBe(model["correlationId"] ?? model["correlationID"]);
      }
      if (keyOf(model).startsWith("payment")) this.#expected.set("correlation", String(heard["correlationId"]));
      if (keyOf(model) === "channel.expired") expect(await this.#wallet(actor).closed()).toBe(4000);
    }
  }

  async #call({ request, response, actor }: Step): Promise<void> {
    const body = JSON.stringify(request.body);
    if (actor !== "mAPI") {
      this.#pending = request.method === "GET" ? server.get(request.path) : server.post(request.path, body);
      return;
    }
    // The document's path and the deployed one: the second time it is known already, and answered the same.
    for (const path of [request.path, request.seedPath ?? request.path]) {
      const answer = await server.post(path, body, request.headers);
      expect([answer.status, answer.text]).toEqual([response.status, response.body]);
    }
  }

  async #answered({ response }: Step): Promise<void> {
    const answer = await this.#pending;
    expect(answer?.status).toBe(response.status);
    this.#expected.set("answer", answer?.text ?? "");
  }

  get answerText(): string {
    return this.#expected.get("answer") ?? "";
  }

  /** For a flow that begins with its merchant already there. */
  async meet(actor: string, path: string): Promise<void> {
    this.#wallets.set(actor, await Wallet.join(`${server.socketUrl}${this.#inDialect(path)}`));
    this.#frames.set(actor, 1);
  }
}

describe("the flows of dpp-messages.json, step by step", () => {
  it.concurrent.each(["pay-and-prove-go-sockets", "pay-and-prove-seed"])("%s", async (name) => {
    const { flow, channelId } = flowOf(name);
    expect(flow.steps).toHaveLength(11);
    const player = new Player(flow, channelId);
    for (const step of flow.steps) await player.play(step);
  });

  it("hybrid-http-customer", async () => {
    const { flow, channelId } = flowOf("hybrid-http-customer");
    expect(flow.steps).toHaveLength(8);
    const player = new Player(flow, channelId);
    await player.meet("merchant", `/ws/${channelId}?internal=true`);
    for (const step of flow.steps) {
      await player.play(step);
      // The answer is the body of the merchant's frame, as the merchant wrote it.
      if (step.action !== "http-response") continue;
      const frame = flow.steps.find(({ step: number }) => number === step.step - 1)?.frame ?? "{}";
      expect(player.answerText).toBe(JSON.stringify((JSON.parse(frame) as Frame)["body"]));
    }
    expect(JSON.parse(player.answerText)).toEqual(flow.steps.at(-1)?.response.body);
  });
});
