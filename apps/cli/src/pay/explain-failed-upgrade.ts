import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { CliError } from "../cli-error.ts";

/**
 * A WebSocket does not tell why its upgrade failed. One plain upgrade request does: its status, or the reason why
 * there is no answer.
 */
export async function explainFailedUpgrade(url: string, waitedMs: number, token?: string): Promise<CliError> {
  const { protocol, host } = new URL(url);
  const where = `${protocol}//${host}`;
  const answer = await askForUpgrade(url, token);
  switch (answer.kind) {
    case "upgraded":
      return new CliError("unreachable", `${where} accepts the connection, but did not greet within ${waitedMs} ms`);
    case "refused":
      return refusal(url, answer.status, answer.detail);
    case "silent":
      return new CliError("unreachable", `no answer from ${where} (${answer.reason})`, "Is the server running?");
  }
}

/** Null: not refused for good, so it is worth to try again. */
export async function explainRefusal(url: string, token?: string): Promise<CliError | null> {
  const answer = await askForUpgrade(url, token);
  const isFinal = answer.kind === "refused" && answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  return isFinal ? refusal(url, answer.status, answer.detail) : null;
}

function refusal(url: string, status: number, detail: string): CliError {
  if (status === 404) {
    const next = "Has the merchant opened it? Is it spelt right?";
    return new CliError("failed", `there is no channel at ${url} (404)`, next, "CHANNEL_UNKNOWN");
  }
  const kind = status < 500 ? "failed" : "unreachable";
  return new CliError(kind, `${new URL(url).host} refuses the connection: ${status} ${detail}`);
}

type Answer =
  | { readonly kind: "upgraded" }
  | { readonly kind: "refused"; readonly status: number; readonly detail: string }
  | { readonly kind: "silent"; readonly reason: string };

/** An idle connection, and all of an answer. */
const limits = { idleMs: 3_000, totalMs: 6_000, detailLength: 300 };

/** Asks as the wallet does, with its token: without, the answer would be another one. */
function askForUpgrade(url: string, token: string | undefined): Promise<Answer> {
  const target = new URL(url);
  const isSecure = target.protocol === "wss:";
  target.protocol = isSecure ? "https:" : "http:";
  if (token !== undefined) target.searchParams.set("token", token);
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.from("p4 asks politely").toString("base64"),
  };
  return new Promise((resolve) => {
    const options = { headers, timeout: limits.idleMs, signal: AbortSignal.timeout(limits.totalMs) };
    const request = (isSecure ? httpsRequest : httpRequest)(target, options);
    request.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ kind: "upgraded" });
    });
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text = (text + part).slice(0, limits.detailLength)));
      response.on("error", () => undefined);
      // Not `end`: an answer that breaks off has none.
      response.on("close", () => resolve({ kind: "refused", status: response.statusCode ?? 0, detail: text }));
    });
    request.on("timeout", () => request.destroy(new Error("no answer in 3 s")));
    request.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "silent", reason: error.code ?? error.message }),
    );
    request.end();
  });
}
