import { openArchive, type ArchiveRecord } from "@p4/operator";
import { countText, counted, sizeText, timeText } from "../human.ts";
import { Newest } from "../operator/newest.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { tableLines, type Column } from "../table.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { countArgument } from "./arguments.ts";

const columns: readonly Column[] = [
  { title: "channel" },
  { title: "state" },
  { title: "archived (UTC)" },
  { title: "size", align: "right" },
  { title: "held", style: () => "yellow" },
  { title: "sha256", style: () => "dim" },
];

export const addArchiveList: Verb = (archive, context) => {
  archive
    .command("list")
    .description("what is in the broker's archive, the newest first")
    .option("--limit <n>", "most rows shown", countArgument, 50)
    .addHelpText("after", examples(["p4 archive list --limit 1000 --json", "for programs"]))
    .action((options: { readonly limit: number }) =>
      withNode(context, (operator) => list(context, operator, options.limit)),
    );
};

async function list(context: VerbContext, operator: Operator, limit: number): Promise<void> {
  const archive = openArchive(operator);
  const newest = new Newest<ArchiveRecord>(limit, ({ archivedAtMs }) => archivedAtMs);
  let [found, bytes] = [0, 0];
  for await (const record of archive.all()) {
    context.signal.throwIfAborted();
    found++;
    bytes += record.bytes;
    newest.add(record);
  }
  const held = new Map<string, string>();
  for await (const { channelId, reason } of archive.holds()) held.set(channelId, reason);
  const archived = newest.list();
  const views = archived.map((record) => ({ ...record, hold: held.get(record.channelId) ?? null }));
  context.print({ found, bytes, shown: archived.length, archived: views }, () => [
    ...tableLines(
      columns,
      views.map((view) => [
        view.channelId,
        view.state,
        timeText(view.archivedAtMs).slice(0, 19),
        sizeText(view.bytes),
        view.hold === null ? "" : "held",
        view.sha256,
      ]),
      context.terminal.style,
    ),
    `${countText(archived.length)} of ${counted(found, "archived channel")}, ${sizeText(bytes)} in all`,
  ]);
}
