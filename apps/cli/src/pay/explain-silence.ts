import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { CliError } from "../cli-error.ts";

/**
 * A WebSocket does not tell why its upgrade failed. One plain upgrade request does: its status, or the reason that
 * nobody answers.
 */
export async function explainSilence(url: string, waitedMs: number): Promise<CliError> {
  const address = new URL(url);
  const where = `${address.protocol}//${address.host}`;
  const answer = await askForUpgrade(address);
  switch (answer.kind) {
    case "upgraded":
      return new CliError("unreachable", `${where} accepts the connection, but did not greet within ${waitedMs} ms`);
    case "refused":
      return answer.status === 404
        ? new CliError(
            "failed",
            `there is no channel at ${url} (404)`,
            "Has the merchant opened it? Is it spelt right?",
          )
        : new CliError("unreachable", `${where} refuses the connection: ${answer.status} ${answer.detail}`);
    case "silent":
      return new CliError("unreachable", `nobody answers at ${where} (${answer.reason})`, "Is the server running?");
  }
}

type Answer =
  | { readonly kind: "upgraded" }
  | { readonly kind: "refused"; readonly status: number; readonly detail: string }
  | { readonly kind: "silent"; readonly reason: string };

function askForUpgrade(address: URL): Promise<Answer> {
  const isSecure = address.protocol === "wss:";
  const target = new URL(address);
  target.protocol = isSecure ? "https:" : "http:";
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.from("p4 asks politely").toString("base64"),
  };
  return new Promise((resolve) => {
    const request = (isSecure ? httpsRequest : httpRequest)(target, { headers, timeout: 3_000 });
    request.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ kind: "upgraded" });
    });
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const detail = Buffer.concat(chunks).toString("utf8").slice(0, 300);
        resolve({ kind: "refused", status: response.statusCode ?? 0, detail });
      });
    });
    request.on("timeout", () => request.destroy(new Error("no answer in 3 s")));
    request.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "silent", reason: error.code ?? error.message }),
    );
    request.end();
  });
}
