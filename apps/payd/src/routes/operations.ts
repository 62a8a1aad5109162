import type { ApiKeyScope } from "@p4/app";
import {
  jsonContent,
  problemResponse,
  type JsonSchema,
  type OperationDescription,
  type ParameterDescription,
  type ResponseDescription,
} from "@p4/api-docs";

const text: JsonSchema = { type: "string" };

const inQuery = (name: string, description: string): ParameterDescription => ({
  name,
  in: "query",
  description,
  schema: text,
});
/** What stands in a path, by what it stands behind. */
const places: Readonly<Record<string, string>> = {
  "invoices/:id": "The invoice.",
  "payouts/:id": "The payout.",
  "webhooks/:webhook": "The webhook.",
  "deliveries/:event": "The event's id.",
};
const inPath = (path: string): ParameterDescription[] =>
  [...path.matchAll(/\w+\/:(\w+)/g)].map(([place, name = ""]) => {
    return { name, in: "path", description: places[place] ?? "", schema: text };
  });
const filters = [
  inQuery("state", "One of the states, or several with commas."),
  inQuery("status", "The same with expired and closed."),
  inQuery("orderId", "The shop's own number."),
  inQuery("since", "Made at this time (RFC 3339) or later, or so long ago (15m) at most."),
  inQuery("until", "Made before."),
];
const pages = [
  inQuery("limit", "The most rows of a page; default 100."),
  inQuery("cursor", "From the Link header of another page."),
];
const once: ParameterDescription = {
  name: "Idempotency-Key",
  in: "header",
  description: "A repetition with the same key is the same object; with another body 422.",
  schema: { type: "string", maxLength: 255 },
};

const ok = (schema: string, description = "Done."): ResponseDescription => ({
  description,
  content: jsonContent(schema),
});
const listOf = (schema: string): ResponseDescription => ({
  description: "The newest first.",
  content: { "application/json": { type: "array", items: { $ref: `#/components/schemas/${schema}` } } },
  optionalHeaders: { link: 'The next page, rel="next".' },
});
const refused = {
  400: problemResponse("A parameter or member is wrong, and is named."),
  401: problemResponse("An API key is needed, or is not in force."),
  403: problemResponse("The key has not the scope; or a page in a browser calls."),
  503: problemResponse("The store or the miner is away, or the miner asks too high a fee: try again."),
};
const refusedBody = {
  413: problemResponse("The body is too long."),
  415: problemResponse("The body is not JSON."),
};
const unknown = { 404: problemResponse("There is none.") };
const misused = { 422: problemResponse("This Idempotency-Key was used for something else.") };
const payout = { 201: ok("Payout", "A miner has it."), 202: ok("Payout", "Signed; sent again until a miner has it.") };
const body = (schema: string, example: unknown) => ({ description: "", schemas: [schema], example });

type Described = OperationDescription & { readonly scope: ApiKeyScope };

interface More {
  readonly parameters?: readonly ParameterDescription[];
  readonly requestBody?: NonNullable<OperationDescription["requestBody"]>;
}

function operation(
  scope: ApiKeyScope,
  route: string,
  summary: string,
  own: OperationDescription["responses"],
  { parameters: others = [], ...more }: More = {},
): Described {
  const [method = "", path = ""] = route.split(" ");
  const isWebhook = path.includes("webhooks") || path.includes("events");
  const tag = isWebhook ? "Webhooks" : path.includes("invoices") ? "Invoices" : "Wallet";
  const parameters = [...inPath(path), ...others];
  const responses = { ...refused, ...(method === "GET" ? {} : refusedBody), ...own };
  return { scope, method, path, tag, summary, ...(parameters.length === 0 ? {} : { parameters }), ...more, responses };
}

export const paydOperations: readonly Described[] = [
  operation(
    "invoices:write",
    "POST /api/v1/invoices",
    "Makes an invoice and joins its channel.",
    {
      201: ok("Invoice"),
      422: problemResponse("There is no rate of the currency; or this Idempotency-Key was used for something else."),
      503: problemResponse("The store is away, or there is no fresh rate of the currency: try again."),
    },
    {
      parameters: [once],
      requestBody: body("InvoiceOrder", { satoshis: 2_000, memo: "two teas", orderId: "A-17" }),
    },
  ),
  operation(
    "invoices:read",
    "GET /api/v1/invoices",
    "Lists invoices.",
    { 200: listOf("Invoice") },
    { parameters: [...filters, ...pages] },
  ),
  operation("invoices:read", "GET /api/v1/invoices/:id", "One invoice.", { 200: ok("Invoice"), ...unknown }),
  operation("invoices:write", "POST /api/v1/invoices/:id/cancel", "Takes an unpaid invoice back.", {
    200: ok("Invoice"),
    ...unknown,
    409: problemResponse("It is paid, or being paid."),
  }),
  operation(
    "refunds:write",
    "POST /api/v1/invoices/:id/refunds",
    "Sends money back.",
    {
      ...payout,
      ...unknown,
      409: problemResponse("Not paid, in doubt until there is a proof, more than was paid, or not enough coins."),
      422: problemResponse("No address; or this Idempotency-Key was used for something else."),
      502: problemResponse("The miner refused the transaction."),
    },
    { parameters: [once], requestBody: body("RefundOrder", { satoshis: 500, reason: "one cup was cold" }) },
  ),
  operation(
    "invoices:read",
    "GET /api/v1/export.csv",
    "A row for each invoice; the sum of net_satoshis is what the wallet holds of them.",
    {
      200: { description: "CSV with a head.", content: { "text/csv": text } },
    },
    { parameters: filters },
  ),
  operation("wallet:read", "GET /api/v1/wallet", "The wallet's balance.", { 200: ok("Balance") }),
  operation(
    "wallet:write",
    "POST /api/v1/wallet/sweep",
    "Sends all coins to a cold address.",
    {
      ...payout,
      ...misused,
      409: problemResponse("Not enough coins."),
      502: problemResponse("The miner refused the transaction."),
    },
    { parameters: [once], requestBody: body("SweepOrder", { address: "1BitcoinEaterAddressDontSendf59kuE" }) },
  ),
  operation("wallet:read", "GET /api/v1/payouts/:id", "A refund or a sweep.", { 200: ok("Payout"), ...unknown }),
  operation(
    "webhooks:write",
    "POST /api/v1/webhooks",
    "Registers a webhook; its secret is shown this once.",
    { 201: ok("Webhook"), 409: problemResponse("There are too many.") },
    { requestBody: body("WebhookOrder", { url: "https://shop.example/told" }) },
  ),
  operation("webhooks:write", "GET /api/v1/webhooks", "Lists webhooks, without secrets.", { 200: listOf("Webhook") }),
  operation("webhooks:write", "DELETE /api/v1/webhooks/:webhook", "Takes a webhook away.", {
    204: { description: "Done." },
    ...unknown,
  }),
  operation("webhooks:write", "POST /api/v1/webhooks/:webhook/rotate", "A new secret beside the old one.", {
    200: ok("Webhook"),
    ...unknown,
  }),
  operation("webhooks:write", "POST /api/v1/webhooks/:webhook/test", "Sends a test.", {
    200: ok("Outcome"),
    ...unknown,
  }),
  operation(
    "webhooks:write",
    "GET /api/v1/webhooks/:webhook/deliveries",
    "Attempts with bodies and answers.",
    { 200: listOf("Attempt"), ...unknown },
    { parameters: [inQuery("invoiceId", "Only of this invoice."), ...pages] },
  ),
  operation(
    "webhooks:write",
    "POST /api/v1/webhooks/:webhook/deliveries/:event/redeliver",
    "Sends an event once more, now.",
    { 200: ok("Outcome"), ...unknown },
  ),
  operation("invoices:read", "GET /api/v1/events", "What webhooks would be told, from now on, as server-sent events.", {
    200: { description: "Events, as they come.", content: { "text/event-stream": text } },
  }),
];
