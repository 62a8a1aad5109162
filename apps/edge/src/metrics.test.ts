import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLogger } from "@p4/telemetry";
import { waitFor, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";

const nats = withNatsServer();
const monitoring = fileURLToPath(new URL("../../../deploy/monitoring/", import.meta.url));
const lines: Record<string, unknown>[] = [];
let edge: TestEdge;
let channelId: string;

/** One payment is refused, one accepted, and the merchant ends the channel; a stranger's join is refused. */
beforeAll(async () => {
  const destination = { write: (text: string): void => void lines.push(JSON.parse(text) as Record<string, unknown>) };
  const logger = createLogger({ level: "info", name: "edge", destination });
  edge = await startTestEdge(nats.url, {}, { logger });
  channelId = newChannelId();
  const merchant = await edge.join(`${channelId}?role=merchant&dialect=p4`);
  const customer = await edge.join(`${channelId}?role=customer&dialect=p4`);
  for (const [i, error] of [1, 0].entries()) {
    customer.say("payment", { body: { rawTx: `0${String(i)}`, memo: "S3cret memo" } });
    await merchant.hear("payment", i + 1);
    merchant.say("payment.ack", { body: { memo: "S3cret answer", error } });
    await customer.hear("payment.ack", i + 1);
  }
  merchant.say("payment.ack", { body: {} });
  await merchant.hear("error");
  await edge.upgrade(`${channelId}?role=S3cret`);
}, 120_000);

const page = async (): Promise<string> => (await fetch(`http://127.0.0.1:${String(edge.port)}/metrics`)).text();

describe("an edge's metrics", () => {
  it("count payments by outcome, time to answer, channels by state, and limits beside what they bound", async () => {
    const text = await page();
    for (const [outcome, count] of [
      ["submitted", 2],
      ["accepted", 1],
      ["refused", 1],
      ["failed", 0],
    ] as const) {
      expect(text).toContain(`p4_payments_total{outcome="${outcome}",app="edge"} ${String(count)}`);
    }
    expect(text).toContain('p4_payment_ack_seconds_count{app="edge"} 2');
    expect(text).toContain('p4_edge_channels_by_state{state="awaitingProof",app="edge"} 1');
    expect(text).toContain('p4_edge_max_connections{app="edge"} 100000');
    expect(text).toMatch(/p4_build_info\{version="[^"]+",node="[^"]+",app="edge"\} 1/);
  });

  it("have names as Prometheus wants them", async ({ skip }) => {
    if (!hasPromtool()) skip("promtool is not installed (Debian's package prometheus)");
    const { status, stderr } = spawnSync("promtool", ["check", "metrics"], { input: await page(), encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("are those that the alert rules and the dashboard ask for", async () => {
    const text = await page();
    for (const file of ["alerts.yml", "dashboard.json"]) {
      const names = new Set(readFileSync(monitoring + file, "utf8").match(/p4_[a-z_]+[a-z]/g));
      expect(names.size).toBeGreaterThan(10);
      // Those of streams and sites are for an operator's login: `p4 streams --prometheus`, `p4 region status --prometheus`.
      const operators = /^p4_(stream_|store_|webhook_|region_(site|disagrees|copies))/;
      for (const name of [...names].filter((each) => !operators.test(each)))
        expect(text, `${file}: ${name}`).toContain(`\n${name.replace(/_bucket$/, "_count")}`.slice(1));
    }
  });

  it("version stands in /readyz", async () => {
    const answer = await fetch(`http://127.0.0.1:${String(edge.port)}/readyz`);
    expect(await answer.json()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string });
  });
});

describe("an edge's log", () => {
  const line = (msg: string) => lines.find((each) => each["msg"] === msg);

  it("has one line for each join and refusal, with channel, node and code, and no word of a wallet's", async () => {
    await waitFor(() => line("join refused"));
    const joins = lines.filter(({ msg }) => msg === "join");
    expect(joins.map(({ channelId: id, role }) => [id, role])).toEqual([
      [channelId, "merchant"],
      [channelId, "customer"],
    ]);
    const nodeId = expect.any(String) as string;
    expect(joins[0]).toMatchObject({ nodeId, connectionId: expect.any(String) as string });
    expect(line("message refused")).toMatchObject({ channelId, nodeId, role: "merchant", code: "ALREADY_PAID" });
    expect(line("join refused")).toMatchObject({ nodeId, code: "EDGE_BAD_JOIN" });
    expect(JSON.stringify(lines)).not.toContain("S3cret");
  });
});

describe("the alert rules", () => {
  it("each fire when their condition is true, and are quiet on a quiet system", ({ skip }) => {
    if (!hasPromtool()) skip("promtool is not installed (Debian's package prometheus)");
    const run = (...args: string[]) => execFileSync("promtool", args, { cwd: monitoring, encoding: "utf8" });
    expect(run("check", "config", "prometheus.yml")).toContain("SUCCESS");
    expect(run("test", "rules", "alerts.test.yml")).toContain("SUCCESS");
  });

  it("are all tried", () => {
    const rules = readFileSync(`${monitoring}alerts.yml`, "utf8").match(/(?<=alert: )\w+/g) ?? [];
    const tried = readFileSync(`${monitoring}alerts.test.yml`, "utf8");
    expect(rules.length).toBeGreaterThan(10);
    for (const rule of rules) expect(tried).toMatch(new RegExp(`alertname: ${rule}\\n\\s+exp_alerts`));
  });
});

function hasPromtool(): boolean {
  return spawnSync("promtool", ["--version"]).error === undefined;
}
