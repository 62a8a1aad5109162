import { checkBroker, type Finding } from "../operator/check-broker.ts";
import { wrapText } from "../evidence/wrap-text.ts";
import { withBroker } from "../operator/with-node.ts";
import type { Style } from "../terminal.ts";
import { examples, type Verb } from "../verb.ts";
import { urlArgument } from "./arguments.ts";

const styles: Record<Finding["status"], Style> = { ok: "green", warning: "yellow", failed: "red" };

export const doctorVerb: Verb = (program, context) => {
  program
    .command("doctor")
    .description(
      "check the broker: version, cluster, replicas, durability, clock, limits, permissions; each with its fix",
    )
    .option("--monitor <url...>", "monitoring ports of the servers: they alone tell whether writes are synced")
    .addHelpText(
      "after",
      examples(
        ["p4 doctor", "the broker of P4_NATS_URL, or of the running system"],
        ["p4 doctor --monitor http://127.0.0.1:8222", "with the fsync setting"],
        ["p4 doctor --json | jq '.findings[] | select(.status != \"ok\")'", "for alarms"],
      ) + "\nNothing is changed. Exit code 1: something is wrong; warnings alone give 0.\n",
    )
    .action(({ monitor }: { monitor?: string[] }) =>
      withBroker(context, async ({ broker, config, address }) => {
        const known = address.monitorUrl === null ? [] : [address.monitorUrl];
        const monitorUrls = monitor?.map(urlArgument) ?? known;
        const findings = await checkBroker({ broker, config, monitorUrls });
        const { style, columns = Infinity } = context.terminal;
        const width = Math.max(...findings.map(({ check }) => check.length));
        const left = 9 + width + 2;
        const wrapped = (text: string): string[] => wrapText(text, Math.max(30, columns - left));
        const indent = " ".repeat(left);
        context.print({ broker: broker.url, foundBy: address.foundBy, findings }, () => [
          `${broker.url}, by ${address.foundBy}`,
          ...findings.flatMap(({ check, status, found, fix }) => {
            const [first = "", ...rest] = wrapped(found);
            return [
              `${style(styles[status], status.padEnd(7))}  ${check.padEnd(width)}  ${first}`,
              ...rest.map((line) => indent + line),
              ...(fix === "" ? [] : wrapped(fix).map((line) => indent + style("dim", line))),
            ];
          }),
        ]);
        if (findings.some(({ status }) => status === "failed")) context.fail();
      }),
    );
};
