import { joinQuery } from "../join-query.ts";
import { goElsewhere, jsonContent, problemResponse, retryLater, type OperationDescription } from "./operation.ts";

const json = { "application/json": { type: "object" } } as const;

/** The upgrade to a socket, as HTTP sees it. What follows is AsyncAPI's to describe. */
export const socketOperations: readonly OperationDescription[] = [
  {
    method: "GET",
    path: "/ws/:channelID",
    tag: "Sockets",
    summary: "Joins a channel: becomes a WebSocket, described in asyncapi.json.",
    parameters: [
      {
        name: "channelID",
        in: "path",
        description: "The invoice: 1 to 64 of A-Z, a-z, 0-9, _ and -.",
        schema: { type: "string" },
      },
      ...joinQuery.map((parameter) => ({ ...parameter, in: "query" as const })),
    ],
    responses: {
      101: {
        description:
          "The socket is open. It is joined with join.success; should the log fail, it is closed with a code instead.",
      },
      307: goElsewhere,
      400: problemResponse("The URL or the subprotocol is not a join."),
      401: problemResponse("The join policy asks for a token."),
      404: problemResponse("The channel is unknown, and this wallet may not open it."),
      426: problemResponse("The request asks for no upgrade."),
      429: problemResponse("Too many connections or joins.", { "retry-after": "Seconds to wait." }),
      500: problemResponse("Something failed."),
      503: retryLater,
    },
  },
  {
    method: "GET",
    path: "/ws/health",
    tag: "Sockets",
    summary: "Tells by its greeting that the server lives. No channel stands behind it.",
    responses: {
      101: { description: "join.success follows." },
      426: problemResponse("The request asks for no upgrade."),
      429: problemResponse("Too many connections or joins.", { "retry-after": "Seconds to wait." }),
      503: retryLater,
    },
  },
];

export const operationsOperations: readonly OperationDescription[] = [
  {
    method: "GET",
    path: "/livez",
    tag: "Operations",
    summary: "Whether the process answers at all.",
    responses: { 200: { description: "It does.", content: jsonContent("Alive") } },
  },
  {
    method: "GET",
    path: "/readyz",
    tag: "Operations",
    summary: "Whether this node takes traffic.",
    responses: {
      200: { description: "It does.", content: jsonContent("Readiness") },
      503: { description: "It does not; each failed condition is named.", content: jsonContent("Readiness") },
    },
  },
  {
    method: "GET",
    path: "/metrics",
    tag: "Operations",
    summary: "Metrics for Prometheus.",
    responses: { 200: { description: "All of them.", content: { "text/plain": { type: "string" } } } },
  },
];

export const docsOperations: readonly OperationDescription[] = [
  {
    method: "GET",
    path: "/docs",
    tag: "Descriptions",
    summary: "All messages and routes, for people.",
    responses: { 200: { description: "A page.", content: { "text/html": { type: "string" } } } },
  },
  {
    method: "GET",
    path: "/docs/asyncapi.json",
    tag: "Descriptions",
    summary: "The sockets, for machines.",
    responses: { 200: { description: "AsyncAPI 3.0.", content: json } },
  },
  {
    method: "GET",
    path: "/docs/openapi.json",
    tag: "Descriptions",
    summary: "The HTTP routes, for machines.",
    responses: { 200: { description: "OpenAPI 3.1.", content: json } },
  },
];
