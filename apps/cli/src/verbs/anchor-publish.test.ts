import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAnchor, publicKeyOf, readAnchor } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { bytesToHex } from "@p4/spv";
import { tempDir } from "@p4/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WalletFile } from "../pay/wallet-file.ts";
import { said, withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";
import { type ScriptedMiner, startScriptedMiner } from "../test-support/scripted-miner.ts";
import { minedCoin } from "../test-support/test-chain.ts";

const log = withRecordedLog();
const dir = tempDir();
const operatorKey = "22".repeat(32);
let miner: ScriptedMiner;
let run = 0;
let file: string;
let wallet: string;
let root: string;

const transactionFile = (): string => `${file}.tx.json`;
const publish = (...more: readonly string[]) =>
  runP4(["anchor", "publish", file, "--wallet", wallet, "--miner", miner.url, ...more]);
/** Where the keys are known: that of `anchorText`, and this folder's own. */
const verify = (...more: readonly string[]) =>
  runP4(["anchor", "verify", file, "--transaction", transactionFile(), ...more], {
    env: { P4_DATA_DIR: dir },
  });
const balance = async () => (await WalletFile.open(wallet)).satoshis;

/** The text of an anchor of one channel, whose head is this digit again and again. */
function anchorText(digit: string): string {
  const heads = [{ channelId: "inv1", streamVersion: 3, headHash: digit.repeat(64) }];
  return createAnchor({ heads, anchoredAtMs: 1, operatorPrivateKeyHex: operatorKey, crypto: nodeCrypto });
}

beforeEach(async () => {
  miner = await startScriptedMiner();
  file = join(dir, `${++run}.p4a`);
  wallet = join(dir, `${run}.json`);
  const text = anchorText("a");
  root = readAnchor(text, nodeCrypto).signedRoot.root;
  await writeFile(file, text);
  await writeFile(join(dir, "operator-keys"), publicKeyOf(operatorKey));
  const funded = await WalletFile.create(wallet);
  await funded.add(minedCoin(funded.changeKey(), 5_000));
});

afterEach(() => miner.close());

describe("p4 anchor publish", () => {
  it("writes the root into one transaction, pays the quoted fee and keeps the change", async () => {
    const ran = await publish("--json");
    expect(ran).toMatchObject({ exitCode: 0 });
    const [transaction, ...others] = miner.received;
    expect(others).toEqual([]);
    const [data, change] = transaction?.outputs ?? [];
    expect(data?.satoshis).toBe(0n);
    expect(bytesToHex(data?.lockingScript ?? new Uint8Array())).toBe(`006a0970342d616e63686f7220${root}`);
    const feeSatoshis = 5_000n - (change?.satoshis ?? 0n);
    const owed = Math.ceil((transaction?.bytes.length ?? 0) / 2);
    expect(Math.abs(Number(feeSatoshis) - owed)).toBeLessThanOrEqual(2);
    expect(await balance()).toBe(change?.satoshis);
    const txid = transaction?.txid;
    expect(ran.json()).toMatchObject({ txid, root, file: transactionFile() });
    expect(JSON.parse(await readFile(transactionFile(), "utf8"))).toEqual({
      version: 1,
      txid,
      rawTx: bytesToHex(transaction?.bytes ?? new Uint8Array()),
      root,
      broadcastAtMs: expect.any(Number),
    });
  });

  it("finishes what was cut short with the same transaction, though the miner has it already", async () => {
    miner.answer = { txid: "00".repeat(32) };
    expect(await publish()).toMatchObject({ exitCode: 1, err: expect.stringContaining("the answer is about 0000") });
    expect(await balance()).toBe(0n);
    miner.answer = { returnResult: "failure", resultDescription: "Transaction already in the mempool" };
    expect((await publish()).exitCode).toBe(0);
    const [first, again, ...others] = miner.received;
    expect([again?.txid, others]).toEqual([first?.txid, []]);
    expect(await balance()).toBe(first?.outputs[1]?.satoshis);
  });

  it.each([
    { failureRetryable: true, left: 0n },
    { failureRetryable: false, left: 5_000n },
  ])("tells a refusal; retryable $failureRetryable leaves $left satoshis", async ({ failureRetryable, left }) => {
    miner.answer = { returnResult: "failure", resultDescription: "mempool full", failureRetryable };
    expect(await publish()).toMatchObject({ exitCode: 1, err: expect.stringContaining("mempool full") });
    expect(await balance()).toBe(left);
    await expect(readFile(transactionFile())).rejects.toThrow("ENOENT");
  });

  it("believes no answer whose signature does not hold", async () => {
    miner.forge = (envelope) => envelope.replace("success", "succesS").replace("500", "501");
    expect(await publish()).toMatchObject({ exitCode: 1, err: expect.stringContaining("signature") });
    expect(miner.received).toEqual([]);
    expect(await balance()).toBe(5_000n);
  });

  it("asks before it replaces a transaction file, and says when no miner is there", async () => {
    await publish();
    expect((await publish()).exitCode).toBe(2);
    expect((await publish("--yes")).exitCode).toBe(0);
    expect((await publish("--yes", "--miner", "http://127.0.0.1:1")).exitCode).toBe(3);
  });
});

describe("p4 anchor --wallet", () => {
  it("publishes what it has anchored; without a miner the anchor is there, and how to go on", async () => {
    await log.record(`inv${run}`, said("RequestTerms"));
    const env = { ...log.env, P4_DATA_DIR: dir, P4_MINER_URL: "http://127.0.0.1:1" };
    const anchor = (...more: readonly string[]) => runP4(["anchor", "-o", file, "--yes", "--json", ...more], { env });
    expect((await anchor("--miner", miner.url)).exitCode).toBe(2);
    const alone = await anchor("--wallet", wallet);
    expect(alone).toMatchObject({ exitCode: 3, err: expect.stringContaining(`p4 anchor publish ${file}`) });
    const ran = await anchor("--wallet", wallet, "--miner", miner.url);
    expect(ran.exitCode).toBe(0);
    const made = ran.json<{ root: string; transaction: { txid: string } }>();
    expect(made.transaction).toMatchObject({ txid: miner.received[0]?.txid, root: made.root });
    expect((await verify()).exitCode).toBe(0);
  });
});

describe("p4 anchor verify --transaction", () => {
  beforeEach(async () => {
    expect((await publish()).exitCode).toBe(0);
  });

  it("shows the block once the transaction is mined", async () => {
    expect((await verify()).out).toMatch(/not proved +When it was made.*no miner was asked/);
    expect((await verify("--headers", miner.url)).out).toMatch(/not proved +When it was made.*no Merkle proof/);
    miner.mined = true;
    const { exitCode, out } = await verify("--headers", miner.url);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/proved +It was made before block 200,/)]);
    const { mined } = (await verify("--headers", miner.url, "--json")).json();
    expect(mined).toMatchObject({ kind: "mined", blockHeight: 200 });
    const away = await verify("--headers", "http://127.0.0.1:1");
    expect([away.exitCode, away.out]).toEqual([0, expect.stringMatching(/not proved +When it was made/)]);
  });

  it("fails for a proof that leads to another block than the header service has", async () => {
    miner.mined = true;
    miner.rootOfBlock = () => "33".repeat(32);
    const ran = await verify("--headers", miner.url);
    expect(ran).toMatchObject({ exitCode: 1, err: expect.stringContaining("has Merkle root 3333") });
  });

  it("fails for the transaction of another anchor", async () => {
    await writeFile(file, anchorText("b"));
    expect(await verify()).toMatchObject({ exitCode: 1, err: expect.stringContaining(`carries the root ${root}`) });
  });

  it.each([
    { member: "txid", value: () => "44".repeat(32), says: "txid: the transaction's is" },
    { member: "root", value: () => "44".repeat(32), says: "root: the transaction's is" },
    {
      member: "rawTx",
      value: (rawTx: string) => rawTx.replace("70342d616e63686f72", "70342d616e63686f73"),
      says: "txid",
    },
    { member: "rawTx", value: (rawTx: string) => rawTx.slice(0, 40), says: "rawTx" },
    { member: "version", value: () => 2, says: "version" },
  ])("names a changed $member ($says)", async ({ member, value, says }) => {
    const content = JSON.parse(await readFile(transactionFile(), "utf8"));
    await writeFile(transactionFile(), JSON.stringify({ ...content, [member]: value(content[member]) }));
    expect(await verify()).toMatchObject({ exitCode: 1, err: expect.stringContaining(says) });
  });
});
