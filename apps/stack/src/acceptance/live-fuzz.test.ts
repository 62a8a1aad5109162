import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { messageErrorList } from "@p4/edge";
import { leftOver, readLeakCounters, settledLeakCounters, type LeakCounters } from "@p4/testkit/leak-counters";
import fc from "fast-check";
import { beforeAll, expect, it, vi } from "vitest";
import { withEdgeProgram } from "./test-support/edge-program.ts";
import { newChannelId } from "./test-support/edge-server.ts";
import { envelopeBody, envelopes, messages, type VectorCase } from "./test-support/vectors.ts";

/** The decoders are fuzzed in their libraries; this is about the program around them. */
const seed = 20_261_123;
const ownCases = 6_020;
/** `npm run fuzz -- --cases 100000` asks for more. */
const factor = Number(process.env["FUZZ_CASES"] ?? ownCases) / ownCases;
/** One connection may be refused 50 times at once: it must not be closed before it has had its answers. */
const framesPerSocket = 36;
const frameCount = Math.ceil(70 * factor) * framesPerSocket;
const requestsPerChannel = 2_500;
const requestCount = Math.ceil((requestsPerChannel / 50) * factor) * 50;
const joinCount = Math.ceil(50 * factor) * 20;
/** Of one test: a case takes some milliseconds on a machine with nothing else to do. */
const limitMs = 60_000 + (frameCount + requestCount) * factor;
const settleWithinMs = 50_000;
const maxGrowthBytes = 96 * 1024 * 1024;

/** Each socket seems to come from an address of its own: one that sends so much nonsense is soon closed at once. */
const program = withEdgeProgram({ P4_TRUSTED_PROXIES: "127.0.0.1" });
let sockets = 0;
/** With all code compiled, and all that is made once made. */
let before: LeakCounters = {};
const nextAddress = () => ({ "x-forwarded-for": `2001:db8:${(++sockets).toString(16)}::1` });

const splices = [
  ...['"', "\\", "{", "}", "[", "]", ":", ",", "null", "-1", "1e400", "9007199254740993", "\u0000", "\ud800", "\ufeff"],
  ...['"__proto__":{"x":1},', '"key":"payment",', '"type":"error",', '"channelId":"other",', "[".repeat(200), "🍣"],
];
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 12 }),
  insert: fc.oneof(fc.constantFrom(...splices), fc.string({ maxLength: 6 })),
});

/** Texts that were right once. */
function mutated(corpus: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...corpus), fc.array(mutation, { maxLength: 3 })).map(([text, mutations]) =>
    mutations.reduce((current, { at, drop, insert }) => {
      const start = Math.floor(at * current.length);
      return current.slice(0, start) + insert + current.slice(start + drop);
    }, text),
  );
}

const wrappers = (messages.cases as VectorCase[]).filter(({ group }) => group === "wrapper");
const frameCorpus = wrappers.map(({ input }) => String(input.frame)).filter((frame) => frame.length < 2_000);
const codes = new Set(messageErrorList.map(({ code }) => code));

/** Sends a batch from a socket of its own; resolves with what it was told: one answer for each frame. */
async function speak(frames: readonly string[]): Promise<string[]> {
  const channelId = newChannelId();
  const wallet = await program.server.join(`${channelId}?role=customer&dialect=p4&receipts=true`, [], nextAddress());
  for (const frame of frames) wallet.send(frame.replaceAll("inv0000001", channelId));
  const answers = () => wallet.frames.filter(({ key }) => key === "error" || key === "receipt");
  await vi.waitFor(() => expect(answers().length).toBeGreaterThanOrEqual(frames.length));
  expect(answers()).toHaveLength(frames.length);
  expect(wallet.closedWith).toBeNull();
  wallet.socket.close();
  return answers().map((frame) => (frame["key"] === "error" ? String(frame["errorBody"].errCode) : "stored"));
}

it(
  `answers each of ${String(frameCount)} mutated frames, and refuses by the tables`,
  { timeout: limitMs },
  async () => {
    const frames = fc.sample(mutated(frameCorpus), { numRuns: frameCount, seed });
    const told = new Map<string, number>();
    let baseline = 0;
    const batches = Array.from({ length: frameCount / framesPerSocket }, (_, index) =>
      frames.slice(index * framesPerSocket, (index + 1) * framesPerSocket),
    );
    for (const [index, batch] of batches.entries()) {
      if (index === 10) baseline = await program.memoryBytes();
      for (const answer of await speak(batch)) told.set(answer, (told.get(answer) ?? 0) + 1);
    }
    expect([...told.keys()].filter((code) => code !== "stored" && !codes.has(code))).toEqual([]);
    expect(told.get("stored")).toBeGreaterThan(100);
    expect(told.size).toBeGreaterThan(8);
    expect((await program.memoryBytes()) - baseline).toBeLessThan(maxGrowthBytes);
    await program.expectHealthy();
  },
);

const txid = String(messages.transactions.T.txid);
const bodyCorpus = [
  ...(envelopes.cases as VectorCase[])
    .filter(({ input }) => input.envelope && !input.expand)
    .map(({ input }) => envelopeBody(input)),
  ...(messages.cases as VectorCase[])
    .filter(({ group }) => group === "arc")
    .map(({ input }) => JSON.stringify(input.body)),
  ...["bip270", "p4v007", "dppV0111", "brc27"].map((name) => JSON.stringify(messages.bodies[name].payment)),
];
const word = fc.string({
  unit: fc.constantFrom(..."az09AZ_-.~:@!$&'()*+,;=%/?", "%00", "%ff", "%2e%2e", "__proto__"),
  maxLength: 12,
});
const path = fc.oneof(
  fc
    .tuple(fc.constantFrom("/proofs/", "/api/v1/proofs/"), fc.oneof(fc.constant(txid), word), word)
    .map(([base, id, query]) => `${base}${id}?i=${query}`),
  fc.constant(`/proofs/${txid}?i=fuzzed`),
  fc.constant("/callbacks?i=fuzzed"),
  fc.constant("/api/v1/payment/fuzzed"),
  fc
    .tuple(fc.constantFrom("/api/v1/payment/", "/callbacks?i=", "/ws/", "/channels/", "/", "/docs/"), word)
    .map((parts) => parts.join("")),
);
const call = fc.record({
  method: fc.constantFrom("POST", "POST", "POST", "GET", "PUT", "DELETE", "OPTIONS"),
  path,
  body: mutated(bodyCorpus),
});
interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}
interface Told {
  readonly status: number;
  readonly text: string;
}
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** A program that has too much to do says so with 503, and is asked again. */
async function patiently(ask: () => Promise<Told>): Promise<Told> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (answer.status !== 503 || tries === 20) return answer;
    await delay(1_000);
  }
}

/** The path goes out as it is: no client tidies it up on the way. */
function send({ method, path, body }: Call) {
  const { hostname, port } = new URL(program.server.httpUrl);
  const headers = { prefer: "wait=0", "content-type": "application/json", "last-event-id": "0" };
  return new Promise<Told>((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers, agent }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on("error", (cause) => reject(new Error(`${method} ${path} ${body}`, { cause })));
    outgoing.end(method === "POST" || method === "PUT" ? body : undefined);
  });
}

/** A bounded number of requests per channel: a channel takes no more after some hundred messages. */
async function sendTo(channelId: string, calls: readonly Call[]) {
  await (await program.server.join(`${channelId}?role=merchant`)).leave();
  const answers: Told[] = [];
  for (let index = 0; index < calls.length; index += 50) {
    const batch = calls.slice(index, index + 50);
    const onChannel = batch.map((each) => ({ ...each, path: each.path.replaceAll("fuzzed", channelId) }));
    answers.push(...(await Promise.all(onChannel.map((each) => patiently(() => send(each))))));
  }
  return answers;
}

it(`answers each of ${String(requestCount)} odd requests, and refuses with a type`, { timeout: limitMs }, async () => {
  const calls = fc.sample(call, { numRuns: requestCount, seed });
  const told = new Map<number, number>();
  const baseline = await program.memoryBytes();
  for (let index = 0; index < calls.length; index += requestsPerChannel) {
    const answers = await sendTo(`fuzzed-${String(index)}`, calls.slice(index, index + requestsPerChannel));
    for (const { status, text } of answers) {
      told.set(status, (told.get(status) ?? 0) + 1);
      if (status < 400) continue;
      const body = JSON.parse(text) as { code?: unknown; errors?: unknown };
      expect(body.errors ?? body.code).toBeTruthy();
    }
  }
  expect([...told.keys()].filter((status) => status >= 500)).toEqual([]);
  expect([201, 202, 400, 404].filter((status) => !told.has(status))).toEqual([]);
  expect((await program.memoryBytes()) - baseline).toBeLessThan(maxGrowthBytes);
  await program.expectHealthy();
});

const value = fc.oneof(
  fc.constantFrom("true", "merchant", "customer", "p4", "dpp", "0", "1", "999999999999999999"),
  word,
);
const parameter = fc.constantFrom("role", "internal", "dialect", "since", "receipts", "token", "__proto__", "i");
const join = fc.record({
  channelId: fc.oneof(fc.constantFrom("fuzzed", "health", "__proto__", "constructor"), word),
  query: fc.array(
    fc.tuple(parameter, value).map((pair) => pair.join("=")),
    { maxLength: 4 },
  ),
});

/** Only the answer to the upgrade: the socket is gone as soon as it is there. */
function tryToJoin({ channelId, query }: { channelId: string; query: readonly string[] }) {
  const { hostname, port } = new URL(program.server.httpUrl);
  const path = `/ws/${channelId}?${query.join("&")}`;
  const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" };
  const headers = { connection: "Upgrade", upgrade: "websocket", ...key };
  return new Promise<Told>((resolve, reject) => {
    const outgoing = request({ hostname, port, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on("upgrade", (_, socket) => {
      socket.destroy();
      resolve({ status: 101, text: "{}" });
    });
    outgoing.on("error", (cause) => reject(new Error(path, { cause })));
    outgoing.end();
  });
}

it(`takes or refuses each of ${String(joinCount)} odd joins before the upgrade`, { timeout: limitMs }, async () => {
  const joins = fc.sample(join, { numRuns: joinCount, seed });
  const told = new Map<number, number>();
  for (let index = 0; index < joins.length; index += 20) {
    const batch = joins.slice(index, index + 20).map((each) => patiently(() => tryToJoin(each)));
    for (const { status, text } of await Promise.all(batch)) {
      told.set(status, (told.get(status) ?? 0) + 1);
      if (status !== 101) expect(JSON.parse(text)).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) });
    }
  }
  expect([...told.keys()].sort()).toEqual([101, 400, 404]);
  await program.expectHealthy();
});

beforeAll(async () => {
  await speak(fc.sample(mutated(frameCorpus), { numRuns: framesPerSocket, seed: 1 }));
  await sendTo("warm", fc.sample(call, { numRuns: 500, seed: 1 }));
  await Promise.all(fc.sample(join, { numRuns: 20, seed: 1 }).map(tryToJoin));
  agent.destroy();
  before = await readLeakCounters(program.counted);
}, 120_000);

it("leaves nothing behind: no socket, descriptor, timer, subscription or consumer", { timeout: limitMs }, async () => {
  agent.destroy();
  const after = await settledLeakCounters(program.counted, before, settleWithinMs);
  expect(leftOver(before, after)).toEqual([]);
});
