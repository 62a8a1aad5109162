import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RevokedTokens } from "@p4/app";
import { tokenIdOf } from "@p4/node-crypto";
import { tempDir } from "@p4/testkit";
import { describe, expect, it } from "vitest";
import { withRecordedLog } from "../test-support/recorded-log.ts";
import { runP4 } from "../test-support/run-p4.ts";

const log = withRecordedLog();
const dataDir = tempDir();
const env = { P4_JOIN_SECRET: "0123456789abcdef,fedcba9876543210" };
const make = async (...args: string[]) => (await runP4(["token", "new", ...args], { env })).out.trim();

describe("p4 token", () => {
  it("makes a token that the check takes, for its role, channel and time", async () => {
    const token = await make("customer", "inv42", "--lifetime", "2h");
    const { exitCode, json } = await runP4(["token", "check", "-", "inv42", "--json"], {
      env: { ...env, TOKEN: token },
    });
    expect([exitCode, json()]).toMatchObject([
      0,
      { valid: true, role: "customer", channelId: "inv42", secretIndex: 0 },
    ]);
    const endsInMs = Date.parse(json<{ expiresAt: string }>().expiresAt) - Date.now();
    expect(endsInMs / 60_000).toBeCloseTo(120, 0);
  });

  it("knows a token of the older secret", async () => {
    const token = await make("merchant", "inv42");
    const turned = { P4_JOIN_SECRET: "fedcba9876543210,0123456789abcdef" };
    const { out } = await runP4(["token", "check", token, "inv42"], { env: turned });
    expect(out).toBe("valid: merchant of inv42, never ends, signed with the second secret");
  });

  it.each([
    ["another channel", "inv43", /another channel or role/],
    ["no token", "inv42", /<role>\.<expiresAtMs>/],
  ])("refuses %s with exit code 1", async (what, channel, reason) => {
    const token = what === "no token" ? "x" : await make("merchant", "inv42");
    const { exitCode, out } = await runP4(["token", "check", token, channel], { env });
    expect(exitCode).toBe(1);
    expect(out).toMatch(reason);
  });

  it("revokes a token where all edges look, and none that is refused already", async () => {
    const token = await make("customer", "inv42", "--lifetime", "2h");
    const options = { env: { ...env, ...log.env, TOKEN: token } };
    const { exitCode, json } = await runP4(["token", "revoke", "-", "inv42", "--json"], options);
    expect([exitCode, json()]).toMatchObject([0, { revoked: { role: "customer", channelId: "inv42" } }]);
    const revoked = await RevokedTokens.follow(log.node.revokedTokens, () => undefined);
    revoked.close();
    expect(revoked.has(tokenIdOf(token))).toBe(true);
    expect(await runP4(["token", "revoke", "-", "inv43"], options)).toMatchObject({ exitCode: 1 });
  });

  it("finds the secret that npm start has made", async () => {
    const inFile = { P4_DATA_DIR: dataDir };
    writeFileSync(join(dataDir, "join.secret"), "0123456789abcdef\n");
    const { out } = await runP4(["token", "new", "merchant", "inv42"], { env: inFile });
    expect(out).toBe(await make("merchant", "inv42"));
  });

  it("takes no lifetime that no calendar has", async () => {
    const { exitCode, err } = await runP4(["token", "new", "customer", "inv42", "--lifetime", "99999999d"], { env });
    expect([exitCode, err]).toEqual([2, expect.stringContaining("at most 36500d")]);
  });

  it("names the variable that is missing", async () => {
    const { exitCode, err } = await runP4(["token", "new", "merchant", "inv42"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("P4_JOIN_SECRET is not set");
  });
});
