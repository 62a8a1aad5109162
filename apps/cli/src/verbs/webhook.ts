import { CliError } from "../cli-error.ts";
import { askPayd, paydKeyNote, paydOption, type PaydOptions } from "../operator/payd-client.ts";
import { tableLines } from "../table.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, countArgument } from "./arguments.ts";

interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
}

interface Outcome {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly answer: string;
  readonly error: string | null;
}

interface Attempt extends Outcome {
  readonly event: string;
  readonly type: string | null;
  readonly attempt: number;
  readonly at: string;
  readonly nextAttemptAt: string | null;
  readonly body: string | null;
}

interface ListOptions extends PaydOptions {
  readonly invoice?: string;
  readonly limit: number;
  readonly bodies?: true;
}

const base = "/api/v1/webhooks";

export const webhookVerb: Verb = (program, context) => {
  const verb = program
    .command("webhook")
    .description("webhooks of the merchant's wallet: where they go, what was delivered, once more, a test")
    .addHelpText("after", examples(["p4 webhook list", "each webhook and its last deliveries"]) + paydKeyNote);
  verb
    .command("list")
    .description("show each webhook with its last deliveries and what was answered")
    .addOption(paydOption())
    .option("--invoice <id>", "only of this invoice", channelArgument)
    .option("--limit <n>", "deliveries of each webhook, the newest first", countArgument, 20)
    .option("--bodies", "with what was sent and what was answered")
    .addHelpText("after", examples(["p4 webhook list --invoice <id> --bodies", "what a shop was told of one invoice"]))
    .action(async (options: ListOptions) => {
      const webhooks = await askPayd<readonly Webhook[]>(context, options, { path: base });
      const invoice = options.invoice === undefined ? "" : `&invoiceId=${options.invoice}`;
      const listed: (Webhook & { readonly deliveries: readonly Attempt[] })[] = [];
      for (const webhook of webhooks) {
        const path = `${base}/${webhook.id}/deliveries?limit=${options.limit}${invoice}`;
        listed.push({ ...webhook, deliveries: await askPayd<readonly Attempt[]>(context, options, { path }) });
      }
      const lines = (): string[] =>
        listed.flatMap((webhook) => linesOf(webhook, webhook.deliveries, options.bodies === true, context));
      context.print({ webhooks: listed }, () => (listed.length === 0 ? "no webhooks" : lines()));
    });
  verb
    .command("redeliver")
    .argument("<webhook>", "its id", channelArgument)
    .argument("<event>", "the event's id: <invoice>.<number>", eventArgument)
    .description("send one event once more, now, and show the answer")
    .addOption(paydOption())
    .addHelpText("after", examples(["p4 webhook redeliver <webhook> <invoice>.3", "after the receiver was mended"]))
    .action((webhook: string, event: string, options: PaydOptions) =>
      send(context, options, `${base}/${webhook}/deliveries/${event}/redeliver`),
    );
  verb
    .command("test")
    .argument("<webhook>", "its id", channelArgument)
    .description("send a body of the type webhook.test, signed like all others, and show the answer")
    .addOption(paydOption())
    .addHelpText("after", examples(["p4 webhook test <webhook>", "does the receiver answer with 2xx?"]))
    .action((webhook: string, options: PaydOptions) => send(context, options, `${base}/${webhook}/test`));
};

async function send(context: VerbContext, options: PaydOptions, path: string): Promise<void> {
  const outcome = await askPayd<Outcome>(context, options, { method: "POST", path });
  context.print(outcome, () => `${outcome.delivered ? "delivered" : "not delivered"}: ${answerOf(outcome)}`);
  if (!outcome.delivered) context.fail();
}

function linesOf(
  { id, url, events }: Webhook,
  attempts: readonly Attempt[],
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
  if (/^[A-Za-z0-9]{8,20}\.\d{1,6}$/.test(text)) return text;
  throw new CliError("misuse", "an event's id is <invoice>.<number>", "p4 webhook list shows them.");
}
