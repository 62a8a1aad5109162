import { StoreError } from "@p4/event-store";
import { probeServers, type ServerProbe } from "@p4/nats";
import { wrapText } from "../evidence/wrap-text.ts";
import { checkRegion } from "../region/check-region.ts";
import { checkBroker } from "../operator/check-broker.ts";
import { serversFinding } from "../operator/check-servers.ts";
import { explainFailure } from "@p4/operator/explain-failure";
import { lookAt, type Finding } from "../operator/finding.ts";
import { explained, findOperatorBroker, withBroker } from "../operator/with-node.ts";
import type { Style, Terminal } from "../terminal.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { urlArgument } from "./arguments.ts";

const styles: Record<Finding["status"], Style> = { ok: "green", warning: "yellow", failed: "red" };

export const doctorVerb: Verb = (verb, context) => {
  verb
    .option("--monitor <url...>", "monitoring ports of the servers: they alone tell whether writes are synced")
    .addHelpText(
      "after",
      examples(
        ["p4 doctor", "the broker of P4_NATS_URL, or of the running system"],
        ["p4 doctor --monitor http://127.0.0.1:8222", "with the fsync setting"],
        ["p4 doctor --json | jq '.findings[] | select(.status != \"ok\")'", "for alarms"],
      ) +
        "\nNothing is changed. Where P4_SITES is set, the region is looked at as `p4 region status` does. Servers that are away are named, and the rest is told all the same. Exit code 1: something is" +
        "\nwrong; warnings alone give 0; 3: no server answers.\n",
    )
    .action(({ monitor }: { monitor?: string[] }) => diagnose(context, monitor?.map(urlArgument)));
};

async function diagnose(context: VerbContext, monitorUrls: readonly string[] | undefined): Promise<void> {
  const { config, address, isSet } = await findOperatorBroker(context);
  const probes = await explained(() => probeServers({ url: address.url, access: address.access, name: "p4-cli" }));
  const urls = address.url.split(",").filter((_url, i) => probes[i]?.fault === null);
  if (urls.length === 0) throw silence(probes);
  // Not one that is half dead: the client takes servers by chance, and would wait for it.
  const reachable = { url: urls.join(","), access: address.access };
  const look = () =>
    withBroker(reachable, (broker) =>
      checkBroker({
        config,
        broker,
        replicasAreSet: isSet("P4_REPLICAS"),
        monitorUrls: monitorUrls ?? address.monitorUrls,
      }),
    );
  const findings = [
    serversFinding(probes),
    ...(await lookAt("jetstream", look)),
    ...(config.sites === null ? [] : await checkRegion(context, config.region)),
  ];
  const servers = probes.map(({ url }) => url).join(",");
  context.print({ broker: servers, foundBy: address.foundBy, findings }, () => [
    `${servers}, by ${address.foundBy}`,
    ...findingLines(findings, context.terminal),
  ]);
  if (findings.some(({ status }) => status === "failed")) context.fail();
}

function silence(probes: readonly ServerProbe[]): Error {
  const faults = probes.map(({ url, fault }) => `${url} (${fault ?? ""})`).join(", ");
  return explainFailure(new StoreError("STORE_UNAVAILABLE", `nothing answers at ${faults}`));
}

function findingLines(findings: readonly Finding[], { style, columns = Infinity }: Terminal): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const left = 9 + width + 2;
  const wrapped = (text: string): string[] => wrapText(text, Math.max(30, columns - left));
  const indent = " ".repeat(left);
  return findings.flatMap(({ check, status, found, fix }) => {
    const [first = "", ...rest] = wrapped(found);
    return [
      `${style(styles[status], status.padEnd(7))}  ${check.padEnd(width)}  ${first}`,
      ...rest.map((line) => indent + line),
      ...(fix === "" ? [] : wrapped(fix).map((line) => indent + style("dim", line))),
    ];
  });
}
