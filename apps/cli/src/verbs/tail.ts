import { Option } from "commander";
import { readStored, describeEvent, isLogError, type TimelineEntry } from "@p4/channel";
import type { ScannedEvent } from "@p4/event-store";
import { endOfLog } from "@p4/nats";
import { timeText } from "../human.ts";
import { textOf } from "../operator/read-channel.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

interface TailOptions {
  readonly channel?: string[];
  readonly message?: string[];
  readonly from?: string[];
  readonly begin?: boolean;
}

type Described = Pick<TimelineEntry, "from" | "what" | "detail"> & { readonly type: string; readonly at: string };

export const tailVerb: Verb = (verb, context) => {
  verb
    .option("--channel <id...>", "only of these channels")
    .option("--message <key...>", "only these messages: payment, payment.ack, proof.create, join ...")
    .addOption(
      new Option("--from <who...>", "only from these").choices([
        "merchant",
        "customer",
        "miner",
        "server",
        "operator",
        "unknown",
      ]),
    )
    .option("--begin", "start with the log's oldest event instead of the next new one")
    .addHelpText(
      "after",
      examples(
        ["p4 tail", "everything, live"],
        ["p4 tail --message payment payment.ack", "payments and their answers"],
        ["p4 tail --from miner --json", "proofs and notices, one JSON object a line"],
      ),
    )
    .action((options: TailOptions) => withNode(context, (operator) => tail(context, operator, options)));
};

async function tail(context: VerbContext, { node, config }: Operator, options: TailOptions): Promise<void> {
  const channels = options.channel === undefined ? null : new Set(options.channel.map(channelArgument));
  const afterPosition = options.begin === true ? new Map<number, number>() : await endOfLog(node.broker, config);
  context.progress("listening; Ctrl-C ends");
  for await (const event of node.log.scan({ afterPosition, follow: true, signal: context.signal })) {
    if (channels !== null && !channels.has(event.channelId)) continue;
    const described = describe(event);
    if (options.message?.includes(described.what) === false) continue;
    if (options.from?.includes(described.from) === false) continue;
    const { channelId, streamVersion } = event;
    context.print({ channelId, streamVersion, ...described }, () => {
      const { from, what, detail } = described;
      const { style } = context.terminal;
      const place = `${timeText(event.storedAtMs)}  ${channelId}  ${style("dim", String(streamVersion))}`;
      return `${place}  ${from.padEnd(8)}  ${style("cyan", what)}  ${style("dim", detail)}`.trimEnd();
    });
  }
}

/** An event that cannot be read is shown as what it is: the others behind it are still wanted. */
function describe(event: ScannedEvent): Described {
  const at = new Date(event.storedAtMs).toISOString();
  try {
    const { text, streamVersion } = textOf(event);
    const decoded = readStored(text, streamVersion);
    return { type: decoded.type, at, ...describeEvent(decoded) };
  } catch (error) {
    if (!isLogError(error)) throw error;
    return { type: "damaged", at, from: "unknown", what: error.code, detail: error.message };
  }
}
