import { Option, type Command } from "commander";
import { CliError } from "../cli-error.ts";
import { paydKeyNote, paydOption, type PaydOptions } from "../operator/payd-client.ts";
import { withNode } from "../operator/with-node.ts";
import { tableLines } from "../table.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { logBook } from "../webhooks/log-book.ts";
import { paydBook } from "../webhooks/payd-book.ts";
import type { Outcome, ShownAttempt, ShownWebhook, WebhookBook } from "../webhooks/webhook-book.ts";
import { channelArgument, countArgument } from "./arguments.ts";

/** Whose webhooks: of the merchant's wallet, or of the log. */
interface BookOptions extends PaydOptions {
  readonly log?: true;
}

interface ListOptions extends BookOptions {
  readonly invoice?: string;
  readonly limit: number;
  readonly bodies?: true;
}

interface AddOptions extends BookOptions {
  readonly events?: readonly string[];
}

const ofABook = (command: Command): Command =>
  command
    .addOption(new Option("--log", "those that the log feeds, instead of the wallet's").conflicts("payd"))
    .addOption(paydOption());

export const webhookVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(
      ["p4 webhook list", "each webhook of the wallet and its last deliveries"],
      ["p4 webhook add https://ops.example/p4 --log", "be told what happens on all channels"],
    ) +
      "\nThose of the log are kept at the broker and sent by the expiry workers; one of these must have run once." +
      paydKeyNote,
  );
  ofABook(verb.command("add"))
    .argument("<url>", "where to")
    .option("--events <types>", "only of these, with commas between them; without it, of all", typesArgument)
    .description(
      "tell this address from now on, and print the secret that it is signed with: the only time that it is shown",
    )
    .addHelpText(
      "after",
      examples(["p4 webhook add https://ops.example/p4 --log --events channel.expired,channel.closed", "only of ends"]),
    )
    .action((url: string, options: AddOptions) =>
      withBook(context, options, async (book) => {
        const added = await book.add(url, options.events);
        context.print(added, () => [`webhook ${added.id}`, `secret  ${added.secret}`]);
      }),
    );
  ofABook(verb.command("rotate"))
    .argument("<webhook>", "its id", channelArgument)
    .description("sign with a new secret as well, print it, and drop the one before the last")
    .addHelpText("after", examples(["p4 webhook rotate <webhook>", "receivers may know either of the two"]))
    .action((webhook: string, options: BookOptions) =>
      withBook(context, options, async (book) => {
        const rotated = await book.rotate(webhook);
        context.print(rotated, () => `secret  ${rotated.secret}`);
      }),
    );
  ofABook(verb.command("remove"))
    .argument("<webhook>", "its id", channelArgument)
    .description("tell it no more; what waits for it is dropped")
    .addHelpText("after", examples(["p4 webhook remove <webhook> --log", "one of those that the log feeds"]))
    .action((webhook: string, options: BookOptions) =>
      withBook(context, options, async (book) => {
        await book.remove(webhook);
        context.print({ removed: webhook }, () => `removed: ${webhook}`);
      }),
    );
  ofABook(verb.command("list"))
    .description("show each webhook with its last deliveries and what was answered")
    .option("--invoice <id>", "only of this invoice, which is a channel", channelArgument)
    .option("--limit <n>", "deliveries of each webhook, the newest first", countArgument, 20)
    .option("--bodies", "with what was sent and what was answered")
    .addHelpText("after", examples(["p4 webhook list --invoice <id> --bodies", "what a shop was told of one invoice"]))
    .action((options: ListOptions) =>
      withBook(context, options, async (book) => {
        const { invoice: channelId, limit } = options;
        const listed: (ShownWebhook & { readonly deliveries: readonly ShownAttempt[] })[] = [];
        for (const webhook of await book.list()) {
          listed.push({ ...webhook, deliveries: await book.deliveries(webhook.id, { channelId, limit }) });
        }
        const lines = (): string[] =>
          listed.flatMap((webhook) => linesOf(webhook, webhook.deliveries, options.bodies === true, context));
        context.print({ webhooks: listed }, () => (listed.length === 0 ? "no webhooks" : lines()));
      }),
    );
  ofABook(verb.command("redeliver"))
    .argument("<webhook>", "its id", channelArgument)
    .argument("<event>", "the event's id: <invoice>.<number>", eventArgument)
    .description("send one event once more, now, and show the answer")
    .addHelpText(
      "after",
      examples(["p4 webhook redeliver <webhook> <invoice>.3", "after the receiver was mended"]) +
        "\nThe wallet sends its own; those of the log are sent from this machine.\n",
    )
    .action((webhook: string, event: string, options: BookOptions) =>
      withBook(context, options, async (book) => tell(context, await book.redeliver(webhook, event))),
    );
  ofABook(verb.command("test"))
    .argument("<webhook>", "its id", channelArgument)
    .description("send a body of the type webhook.test, signed like all others, and show the answer")
    .addHelpText("after", examples(["p4 webhook test <webhook>", "does the receiver answer with 2xx?"]))
    .action((webhook: string, options: BookOptions) =>
      withBook(context, options, async (book) => tell(context, await book.test(webhook))),
    );
};

function withBook(
  context: VerbContext,
  options: BookOptions,
  work: (book: WebhookBook) => Promise<void>,
): Promise<void> {
  if (options.log !== true) return work(paydBook(context, options));
  return withNode(context, (operator) => work(logBook(context, operator)));
}

function tell(context: VerbContext, outcome: Outcome): void {
  context.print(outcome, () => `${outcome.delivered ? "delivered" : "not delivered"}: ${answerOf(outcome)}`);
  if (!outcome.delivered) context.fail();
}

function linesOf(
  { id, url, events }: ShownWebhook,
  attempts: readonly ShownAttempt[],
  bodies: boolean,
  { terminal }: VerbContext,
): string[] {
  const head = [`${id}  ${url}`, `  tells of ${events.join(", ")}`];
  if (attempts.length === 0) return [...head, "  nothing delivered yet"];
  if (bodies) {
    return [
      ...head,
      ...attempts.flatMap((attempt) => [
        `  ${attempt.at}  ${attempt.event}  ${answerOf(attempt)}`,
        `    sent      ${attempt.body ?? "(not kept)"}`,
        `    answered  ${attempt.answer}`,
      ]),
    ];
  }
  const columns = ["at", "event", "type", "attempt", "answer", "next"].map((title) => ({ title }));
  const rows = attempts.map((attempt) => [
    attempt.at,
    attempt.event,
    attempt.type ?? "",
    attempt.attempt === 0 ? "by hand" : String(attempt.attempt),
    answerOf(attempt),
    attempt.nextAttemptAt ?? "",
  ]);
  return [...head, ...tableLines(columns, rows, terminal.style).map((line) => `  ${line}`)];
}

function answerOf({ status, error }: Outcome): string {
  return status === null ? (error ?? "no answer") : String(status);
}

function eventArgument(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}\.\d{1,15}$/.test(text)) return text;
  throw new CliError("misuse", "an event's id is <invoice>.<number>", "p4 webhook list shows them.");
}

function typesArgument(text: string): readonly string[] {
  return text.split(",").map((type) => type.trim());
}
