import { warningHeader } from "@p4/protocol";
import { exampleBodies } from "../example-bodies.ts";
import { joinQuery } from "../join-query.ts";
import { goElsewhere, jsonContent, problemResponse, retryLater } from "./operation.ts";
import type { OperationDescription, ParameterDescription, ResponseDescription } from "./operation.ts";

const paymentId: ParameterDescription = {
  name: "paymentID",
  in: "path",
  description: "The invoice, which is the channel.",
  schema: { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" },
};
const prefer: ParameterDescription = {
  name: "Prefer",
  in: "header",
  description: "`wait=N`: how many seconds to wait for the merchant before 202 (RFC 7240).",
  schema: { type: "string" },
};
const idempotencyKey: ParameterDescription = {
  name: "Idempotency-Key",
  in: "header",
  description: "A retry with the same key gets the stored answer.",
  schema: { type: "string", maxLength: 255 },
};
const traceparent: ParameterDescription = {
  name: "traceparent",
  in: "header",
  description: "W3C Trace Context: the request becomes part of this trace, where the server traces.",
  schema: { type: "string" },
};
const token: ParameterDescription = { name: "token", in: "query", ...joinParameterOf("token") };

/** The join's parameter, described once for sockets and HTTP. */
function joinParameterOf(name: string): Pick<ParameterDescription, "description" | "schema"> {
  const found = joinQuery.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`there is no join parameter ${name}`);
  return { description: found.description, schema: found.schema };
}

const problems: Readonly<Record<number, ResponseDescription>> = {
  307: goElsewhere,
  400: { description: "The request cannot be used.", content: jsonContent("FieldErrors") },
  401: problemResponse("The join policy asks for a token."),
  404: problemResponse("This channel was never opened."),
  410: problemResponse("The channel is over."),
  503: retryLater,
};

const pending: ResponseDescription = {
  description: "Stored; the merchant has not answered in time.",
  content: jsonContent("PendingAnswer"),
  headers: { location: "Where the same answer will be.", "retry-after": "Seconds to wait." },
};

const paymentRequest: ResponseDescription = {
  description: "The merchant's payment request, untouched.",
  content: mediaTypes("paymentrequest", [
    "DppPaymentRequest",
    "Bip270PaymentRequest",
    "Brc27PaymentTerms",
    "JsonEnvelope",
  ]),
};
const acks = mediaTypes("paymentack", ["DppPaymentAck", "Bip270PaymentAck", "Brc27PaymentAck"]);
const accepted: ResponseDescription = { description: "The merchant's acknowledgement, untouched.", content: acks };
const refused: ResponseDescription = {
  description: "The merchant refused the payment (error over 0 in its acknowledgement).",
  content: acks,
};

/** A merchant's error comes as the merchant wrote it. Its code is the status if it is 400, 404, 409 or 422; otherwise 500. */
function orClientError(response: ResponseDescription): ResponseDescription {
  const description = `${response.description} Or the merchant's own error.`;
  return { ...response, description, content: { ...response.content, ...jsonContent("ClientError") } };
}
const unusable: ResponseDescription = {
  description: "The request cannot be used. Or the merchant's own error.",
  content: jsonContent("FieldErrors", "ClientError"),
};
const notFound = orClientError(problems[404]!);
const failed = orClientError(problemResponse("Something failed."));

/** The merchant's refusal comes in `payment.ack` or in `payment.error`. */
function orClientErrorOrAck(response: ResponseDescription): ResponseDescription {
  const either = jsonContent("DppPaymentAck", "Bip270PaymentAck", "Brc27PaymentAck", "ClientError");
  return { ...response, content: { ...response.content, ...acks, ...either } };
}

/** Where there was a payment, the answer tells what became of it. */
function withPayment(description: string): ResponseDescription {
  const { "application/json": schema } = jsonContent("Problem", "PaymentProblem");
  return { description, content: { "application/problem+json": schema! } };
}

function warned(response: ResponseDescription): ResponseDescription {
  const text = "What the server did not recognise in the body, field and rule. The body was passed on all the same.";
  return { ...response, optionalHeaders: { [warningHeader]: text } };
}

function mediaTypes(name: string, schemas: readonly string[]) {
  const content = jsonContent(...schemas)["application/json"]!;
  return { "application/json": content, [`application/bitcoinsv-${name}`]: content };
}

export const bridgeOperations: readonly OperationDescription[] = [
  {
    method: "GET",
    path: "/api/v1/payment/:paymentID",
    tag: "Payment bridge",
    summary: "Asks the merchant for its payment request.",
    parameters: [paymentId, prefer, idempotencyKey, traceparent, token],
    responses: {
      ...problems,
      200: paymentRequest,
      202: pending,
      400: unusable,
      404: notFound,
      409: orClientError(withPayment("Already paid, or the channel does not allow it now.")),
      410: withPayment("The channel is over."),
      422: orClientError(problemResponse("This Idempotency-Key was used for something else.")),
      500: failed,
    },
  },
  {
    method: "POST",
    path: "/api/v1/payment/:paymentID",
    tag: "Payment bridge",
    summary: "Pays; answered with the merchant's acknowledgement.",
    parameters: [paymentId, prefer, idempotencyKey, traceparent, token],
    requestBody: {
      description:
        "A payment: JSON in any vocabulary, for the merchant to judge. Its text goes to the merchant as it is.",
      schemas: ["DppPayment", "Bip270Payment", "Brc27Payment"],
      example: exampleBodies.payment,
    },
    responses: {
      ...problems,
      201: warned(accepted),
      202: warned(pending),
      400: unusable,
      404: notFound,
      409: warned(orClientError(problemResponse("Already paid, or another payment is being checked."))),
      413: problemResponse("The body is too large."),
      429: problemResponse("The address adds too many bytes a second.", { "retry-after": "Seconds to wait." }),
      422: warned(
        orClientErrorOrAck({
          description: `${refused.description} Or this Idempotency-Key was used with another body.`,
          content: { "application/problem+json": { $ref: "#/components/schemas/Problem" } },
        }),
      ),
      500: failed,
    },
  },
  {
    method: "GET",
    path: "/api/v1/payment/:paymentID/answers/:answerID",
    tag: "Payment bridge",
    summary: "The answer that a 202 pointed to.",
    parameters: [
      paymentId,
      { name: "answerID", in: "path", description: "As the Location of a 202 has it.", schema: { type: "string" } },
      prefer,
      token,
    ],
    responses: {
      ...problems,
      200: paymentRequest,
      201: accepted,
      202: pending,
      400: unusable,
      404: notFound,
      409: orClientError(problemResponse("The channel does not allow it now.")),
      422: orClientErrorOrAck(refused),
      500: failed,
    },
  },
  {
    method: "GET",
    path: "/channels/:channelID/events",
    tag: "Payment bridge",
    summary: "The channel as server-sent events: id is the sequence, event the key, data the document's wrapper.",
    parameters: [
      { ...paymentId, name: "channelID", description: "The channel." },
      {
        name: "Last-Event-ID",
        in: "header",
        description: "The last sequence that the peer has seen.",
        schema: { type: "string", pattern: "^\\d{1,15}$" },
      },
      ...(["role", "since", "token"] as const).map((name): ParameterDescription => ({
        name,
        in: "query",
        ...joinParameterOf(name),
      })),
    ],
    responses: {
      ...problems,
      200: { description: "Events, as they come.", content: { "text/event-stream": { type: "string" } } },
      204: { description: "The channel is over, and there is nothing more to tell: do not come back." },
      429: problemResponse("The channel, or the address, has as many connections and streams as it may have.", {
        "retry-after": "Seconds to wait.",
      }),
    },
  },
];
