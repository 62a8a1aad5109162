import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packClient } from "./pack-client.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "p4-pack-test-"));
const installed = join(dir, "node_modules", "@p4", "client");
/** What a page loads at most, in bytes after Brotli. */
const budgetBytes = 15_000;

const wallet = `import { customer, merchant, SessionError, type Ack, type DppPayment, type ParsedBody, type Role } from "@p4/client";
import { createTestDouble } from "@p4/client/testing";

const double = createTestDouble();
const options = { webSocket: double.webSocket };
const shop = merchant(double.url("inv1"), options);
shop.onTermsRequested(() => ({ network: "bitcoin-sv", outputs: [{ amount: 100, script: "51" }] }));
shop.onPayment(() => ({ memo: "thanks" }));
await shop.joined();
const payer = customer(double.url("inv1"), options);
const { role }: { role: Role | null } = await payer.joined();
const { body }: { body: ParsedBody } = await payer.requestTerms();
const payment: DppPayment = { rawTx: "00" };
const ack: Ack = await payer.pay(payment, { timeoutMs: 5_000 });
let code: SessionError["code"] | null = null;
try {
  await payer.waitForProof({ timeoutMs: 1 });
} catch (error) {
  if (error instanceof SessionError) code = error.code;
}
console.log(JSON.stringify({ role, form: body.form, accepted: ack.accepted, memo: ack.memo, code }));
payer.close();
shop.close();
// @ts-expect-error a role is one of two words
export const wrong: Role = "miner";
`;

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: dir, encoding: "utf8" });
  expect(`${String(status)} ${status === 0 ? "" : stdout + stderr}`).toBe("0 ");
  return stdout;
}

beforeAll(async () => {
  const packed = await packClient(join(dir, "packed"));
  writeFileSync(join(dir, "package.json"), '{ "type": "module", "private": true }\n');
  run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", packed]);
  writeFileSync(join(dir, "wallet.ts"), wallet);
  writeFileSync(join(dir, "page.js"), 'import { customer } from "@p4/client";\nglobalThis.customer = customer;\n');
}, 300_000);
afterAll(() => rmSync(dir, { recursive: true }));

describe("the packed SDK, installed in an empty project", () => {
  it("is one package of less than a megabyte, without a word of this workspace", () => {
    expect(readdirSync(join(dir, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["@p4"]);
    expect(readdirSync(join(dir, "node_modules", "@p4"))).toEqual(["client"]);
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.reduce((bytes, file) => bytes + statSync(file).size, 0)).toBeLessThan(1_000_000);
    for (const file of files) expect(readFileSync(file, "utf8"), file).not.toMatch(/["'](typia|@p4\/protocol)|libs\//);
  });

  it.each(["nodenext", "bundler"])(
    "has types that hold under %s",
    (resolution) => {
      const module = resolution === "nodenext" ? "nodenext" : "esnext";
      const settings = ["--strict", "--noEmit", "--target", "es2023", "--lib", "es2023,dom"];
      const tsc = join(workspaceRoot, "node_modules", "typescript", "bin", "tsc");
      run(process.execPath, [tsc, ...settings, "--module", module, "--moduleResolution", resolution, "wallet.ts"]);
    },
    60_000,
  );

  it("pays with nothing but Node.js", async () => {
    const outfile = join(dir, "wallet.js");
    await esbuild({ entryPoints: [join(dir, "wallet.ts")], outfile, bundle: true, format: "esm", logLevel: "silent" });
    expect(JSON.parse(run(process.execPath, [outfile]))).toEqual({
      role: "customer",
      form: "bip270.paymentRequest",
      accepted: true,
      memo: "thanks",
      code: "PROOF_PENDING",
    });
  });

  it("is bundled by Vite and by esbuild to what a wallet imports", async () => {
    const { outputFiles } = await esbuild({
      entryPoints: [join(dir, "page.js")],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
    });
    const vite = await viteBuild({
      root: dir,
      configFile: false,
      logLevel: "silent",
      build: { write: false, modulePreload: false, rolldownOptions: { input: join(dir, "page.js") } },
    });
    for (const code of [outputFiles[0].text, vite.output[0].code]) {
      expect(brotliCompressSync(code).length).toBeLessThan(budgetBytes);
      expect(code).not.toContain("MerchantSession");
    }
  });

  it("has one file for a page without a bundler, within its budget", async () => {
    const text = readFileSync(join(installed, "p4-client.min.js"));
    expect(brotliCompressSync(text).length).toBeLessThan(budgetBytes);
    expect(text.toString()).not.toMatch(/\bfrom\s*["']|import\(/);
    mkdirSync(join(dir, "page"));
    const alone = join(dir, "page", "p4-client.min.mjs");
    writeFileSync(alone, text);
    expect(Object.keys(await import(alone))).toEqual(expect.arrayContaining(["customer", "merchant", "SessionError"]));
  });
});
