import { apiKeyBucket, ApiKeys } from "@p4/app";
import { connectBroker, createDocumentStore, provisionDocuments } from "@p4/nats";
import { withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";

const nats = withNatsServer();
let keys: ApiKeys;
let close: () => Promise<void>;

beforeAll(async () => {
  const broker = await connectBroker({ url: nats.url, name: "test" });
  await provisionDocuments(broker, { region: "local", replicas: 1, documents: { [apiKeyBucket]: {} } });
  keys = new ApiKeys(createDocumentStore(broker, { region: "local", name: apiKeyBucket }));
  close = () => broker.close();
});
afterAll(() => close());

const p4 = (...args: readonly string[]) => runP4(["api-key", ...args], { env: { P4_NATS_URL: nats.url } });
/** Behind the key's id. It may hold an underscore itself. */
const secretOf = (text: string) => text.replace(/^p4k_[^_]+_/, "");
const stateOf = async (text: string, atMs = Date.now()) => (await keys.find(text, atMs)) !== null;

it("makes, lists, rotates and revokes a key; the list shows no text", async () => {
  const made = await p4("new", "till", "--scope", "invoices:read,invoices:write");
  expect([made.exitCode, made.err]).toEqual([0, ""]);
  const first = made.out.trim();
  expect(await keys.find(first, Date.now())).toMatchObject({
    name: "till",
    scopes: ["invoices:read", "invoices:write"],
  });
  const id = first.split("_")[1] ?? "";

  const second = (await p4("rotate", id, "--overlap", "1h")).out.trim();
  const inTwoHours = Date.now() + 7_200_000;
  expect([await stateOf(first), await stateOf(second)]).toEqual([true, true]);
  expect([await stateOf(first, inTwoHours), await stateOf(second, inTwoHours)]).toEqual([false, true]);

  const listed = (await p4("list")).out;
  expect(listed).toMatch(new RegExp(`${id} +till +invoices:read,invoices:write +\\S+ +being rotated`));
  for (const text of [first, second]) expect(listed).not.toContain(secretOf(text));

  expect((await p4("revoke", id)).out).toBe(`revoked: ${id} (till)`);
  expect([await stateOf(first), await stateOf(second)]).toEqual([false, false]);
  expect((await p4("rotate", id)).exitCode).toBe(1);
});

it.each([
  [1, ["revoke", "000000000000"]],
  [1, ["rotate", "../up"]],
  [2, ["new", "till"]],
  [2, ["new", "till", "--scope", "all"]],
  [2, ["new", "a\nb", "--scope", "invoices:read"]],
])("ends with %i on %j", async (exitCode, args) => {
  expect((await p4(...args)).exitCode).toBe(exitCode);
});
