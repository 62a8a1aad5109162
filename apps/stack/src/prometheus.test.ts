import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@p4/nats-server/testing";
import { waitFor } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

const monitoring = join(import.meta.dirname, "..", "..", "..", "deploy", "monitoring");
const isInstalled = spawnSync("prometheus", ["--version"]).error === undefined;
const why = isInstalled ? "" : " (skipped: prometheus is not installed, Debian's package prometheus)";

interface Target {
  readonly health: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}
interface Rule {
  readonly name: string;
  readonly health: string;
}
interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

describe.skipIf(!isInstalled)(`a Prometheus with what deploy/monitoring has${why}`, { timeout: 180_000 }, () => {
  const dir = testDir(afterAll);
  let stack: StackProcess;
  let url: string;

  /** As shipped, with this stack's ports, and each second what it does every fifteen, or every minute. */
  function configured(ports: Readonly<Record<string, string>>): string {
    let text = readFileSync(join(monitoring, "prometheus.yml"), "utf8");
    for (const [from, to] of Object.entries({
      ...ports,
      "scrape_interval: 15s": "scrape_interval: 1s\n  evaluation_interval: 1s",
    })) {
      if (!text.includes(from)) throw new Error(`prometheus.yml has no ${from}`);
      text = text.replace(from, to);
    }
    const file = join(dir, "prometheus.yml");
    writeFileSync(file, text);
    copyFileSync(join(monitoring, "alerts.yml"), join(dir, "alerts.yml"));
    return file;
  }

  beforeAll(async () => {
    const dataDir = join(dir, "data");
    stack = new StackProcess([], { ...freePorts, P4_DATA_DIR: dataDir, P4_DEMO: "off" });
    afterAll(() => stack.end());
    await stack.printed("Serving.");
    const { endpoints } = await readState(dataDir);
    const portOf = (app: string) =>
      new URL(String(endpoints.find((each) => each.app === app)?.url).replaceAll(/<.*$/g, "")).port;
    const file = configured({
      ":8445": `:${portOf("edge")}`,
      ":8446": `:${portOf("proof-ingest")}`,
      ":8443": `:${portOf("payd")}`,
    });
    url = `127.0.0.1:${String(await freePort())}`;
    const options = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, "tsdb")}`,
      `--web.listen-address=${url}`,
    ];
    const prometheus = spawn("prometheus", options, { stdio: "ignore" });
    const ended = once(prometheus, "close");
    afterAll(async () => {
      prometheus.kill();
      await ended;
    });
    await waitFor(
      () =>
        fetch(`http://${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeoutMs: 60_000 },
    );
  }, 180_000);

  async function ask<Data>(path: string): Promise<Data> {
    return ((await (await fetch(`http://${url}/api/v1/${path}`)).json()) as { data: Data }).data;
  }

  it("scrapes every app that has numbers", async () => {
    const targets = await waitFor(async () => {
      const { activeTargets } = await ask<{ activeTargets: Target[] }>("targets");
      const isAsked = activeTargets.length === 3 && activeTargets.every(({ health }) => health !== "unknown");
      return isAsked ? activeTargets : null;
    });
    const seen = targets.map(({ labels, health, lastError }) => [labels["job"], labels["app"], health, lastError]);
    expect(seen.sort()).toEqual(["edge", "payd", "proof-ingest"].map((app) => ["p4", app, "up", ""]));
    const built = await ask<{ result: { metric: Record<string, string> }[] }>("query?query=p4_build_info");
    expect(built.result.map(({ metric }) => metric["app"]).sort()).toEqual(["edge", "payd", "proof-ingest"]);
  });

  it("loads every alert rule, and evaluates each without an error or an alert on a system that is well", async () => {
    const shipped = readFileSync(join(monitoring, "alerts.yml"), "utf8").match(/(?<=alert: )\w+/g) ?? [];
    const rules = await waitFor(async () => {
      const { groups } = await ask<{ groups: { rules: Rule[] }[] }>("rules");
      const found = groups.flatMap((group) => group.rules);
      return found.length > 0 && found.every(({ health }) => health !== "unknown") ? found : null;
    });
    expect(rules.map(({ name, health }) => [name, health])).toEqual(shipped.map((name) => [name, "ok"]));
    const { alerts } = await ask<{ alerts: Alert[] }>("alerts");
    expect(alerts.filter(({ state }) => state === "firing")).toEqual([]);
  });

  it("says that nodes are down when they are", async () => {
    await stack.end();
    const down = await waitFor(async () => {
      const { alerts } = await ask<{ alerts: Alert[] }>("alerts");
      const found = alerts.filter(({ labels }) => labels["alertname"] === "P4NodeDown");
      return found.length === 3 ? found : null;
    });
    expect(down.map(({ labels }) => labels["app"]).sort()).toEqual(["edge", "payd", "proof-ingest"]);
  });
});
