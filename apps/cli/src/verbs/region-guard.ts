import type { Command } from "commander";
import { runGuard, type GuardCommand } from "../region/run-guard.ts";
import { examples, type VerbContext } from "../verb.ts";

/** `p4 region guard`; `region` has its argument, and knows what a site's name is. */
export function addGuard(guard: Command, context: VerbContext, siteArgument: (text: string) => string): void {
  guard
    .requiredOption("--site <name>", "the site that the broker of P4_NATS_URL belongs to", siteArgument)
    .requiredOption("--gate <file>", "the gate file, which the broker's configuration includes")
    .requiredOption("--pid-file <file>", "the broker's pid_file, to have it read the gate file")
    .option("--once", "look once, and leave the gate as it should be: exit code 0 open, 1 shut")
    .option("--alone", "of two sites: open without the other one's word, for which you vouch")
    .option("--yes", "do not ask")
    .description("keep a broker's gate: shut from its start on, until most of the sites confirm the region's home")
    .addHelpText(
      "after",
      examples(
        ["p4 region guard eu --site a --gate gate.conf --pid-file nats.pid", "runs beside the broker, until Ctrl-C"],
        ["p4 region guard eu --site a --gate gate.conf --pid-file nats.pid --once --json", "open or shut, and why"],
      ) +
        "\nOne runs beside each nats-server, with P4_NATS_URL naming that one alone, and may signal it. It says each change. When it" +
        "\nends, the gate is shut. docs/regions.md has the broker's part.\n",
    )
    .action((region: string, options: Omit<GuardCommand, "region">) => runGuard(context, { ...options, region }));
}
