import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { isConfigError } from "./config-error.ts";
import { loadConfig } from "./config.ts";
import { configReference, describeConfig, formatConfig } from "./describe-config.ts";

const dir = mkdtempSync(join(tmpdir(), "p4-config-"));
afterAll(() => rmSync(dir, { recursive: true }));
mkdirSync(join(dir, "secrets"));
mkdirSync(join(dir, "payd"));
const environment = { P4_DATA_DIR: dir };

function write(path: string, text: string, mode = 0o600): void {
  writeFileSync(join(dir, path), text);
  chmodSync(join(dir, path), mode);
}

function problems(): readonly unknown[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (isConfigError(error)) return error.problems;
    throw error;
  }
}

it("reads secrets and lists from files of the data directory", () => {
  expect(loadConfig(environment)).toMatchObject({ consoleKey: null, paydPassphrase: null, webhookAllow: null });
  write("secrets/console-key", "the-key-of-the-console\n");
  write("payd/webhook-allow", "# our own receivers\n127.0.0.1\n\n10.0.0.0/8\n", 0o644);
  expect(loadConfig(environment)).toMatchObject({
    consoleKey: "the-key-of-the-console",
    webhookAllow: ["127.0.0.1", "10.0.0.0/8"],
  });
  const lines = describeConfig(loadConfig(environment), environment);
  expect(lines.find(({ name }) => name === "consoleKey")).toMatchObject({ text: "(set)", source: "file" });
  expect(formatConfig(lines)).not.toContain("the-key-of-the-console");
  expect(configReference()).toContain("| `secrets/console-key` |");
});

it("names the file and the rule of what is wrong, and shows nothing of it", () => {
  write("secrets/console-key", "short");
  write("secrets/payd-passphrase", "readable for all others", 0o644);
  write("payd/webhook-allow", "localhost\n");
  const rules = [
    ["secrets/console-key", /0600.*and hold at least 16 characters/],
    ["secrets/payd-passphrase", /0600.*and hold a text of 12/],
    ["payd/webhook-allow", /must be one in each line, each an IP address/],
  ] as const;
  expect(problems()).toEqual(
    rules.map(([path, rule]) => ({
      variable: `P4_DATA_DIR/${path}`,
      value: "(file)",
      rule: expect.stringMatching(rule) as string,
    })),
  );
});
