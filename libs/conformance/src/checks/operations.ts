import { ensure, ensureEqual, fail, skip, overHttp, type Check } from "../check.ts";
import type { Kit } from "../kit.ts";
import { pauseMs } from "../until.ts";

export const operationsChecks = overHttp([
  {
    id: "metrics-balance",
    title: "The gauge of connections rises with joins, falls with leaves, and is never negative",
    source: "defect 11",
    async run(kit) {
      const before = await connections(kit);
      const peers = await Promise.all(Array.from({ length: 5 }, () => kit.joinAs("merchant", kit.newChannelId())));
      ensure((await connections(kit)) >= before + peers.length, "it does not rise with joins");
      await Promise.all(peers.map((peer) => peer.leave()));
      const deadlineMs = performance.now() + kit.waitMs;
      let after = await connections(kit);
      while (after > before && performance.now() < deadlineMs) {
        await pauseMs(50);
        after = await connections(kit);
      }
      ensure(after <= before, `it was ${before} before the joins and is ${after} after the leaves`);
      ensure(before >= 0 && after >= 0, `it is ${Math.min(before, after)}`);
    },
  },
  {
    id: "liveness",
    title: "GET /livez and /readyz are answered 200 while the server serves",
    source: "design: operations",
    async run(kit) {
      for (const path of ["/livez", "/readyz"])
        ensureEqual((await kit.http(path)).status, 200, `the status of ${path}`);
    },
  },
  notFromOutside("units", "Settings carry their units, and unknown ones stop the start", "defect 12", "settings"),
  notFromOutside("drain", "SIGTERM sends every peer on to another node", "defect 15", "the server's process"),
  notFromOutside("memory", "An idle socket costs little memory", "defect 17", "the server's memory: see the benchmark"),
]);

/** Defects that cannot be observed from outside are listed in the card, so that they are not missed there. */
function notFromOutside(id: string, title: string, source: string, needed: string): Check {
  return { id, title, source, run: async () => skip(`not to be seen from outside: it needs ${needed}`) };
}

/** The sum of all gauges that are named after connections. */
async function connections(kit: Kit): Promise<number> {
  const { status, text } = await kit.http("/metrics");
  if (status === 404) skip("there is no /metrics");
  ensureEqual(status, 200, "the status of /metrics");
  const names = [...text.matchAll(/^# TYPE (\S*connections) gauge$/gm)].map(([, name]) => name!);
  if (names.length === 0) fail("there is no gauge of connections");
  return [...text.matchAll(/^([a-z_0-9]+)(?:\{[^}]*\})? (-?[\d.e+]+)$/gm)]
    .filter(([, name]) => names.includes(name!))
    .reduce((sum, [, , value]) => sum + Number(value), 0);
}
