import { addressesOf } from "@p4/config";
import { Option } from "commander";
import { CliError } from "../cli-error.ts";
import { urlArgument } from "../verbs/arguments.ts";
import type { VerbContext } from "../verb.ts";
import { readConfig } from "./read-config.ts";

/** Of a verb that asks the merchant's wallet. */
export interface PaydOptions {
  readonly payd?: string;
}

export const paydOption = (): Option =>
  new Option("--payd <url>", "the merchant's wallet; without it as P4_PAYD_URL or host and port say").argParser(
    urlArgument,
  );

/** For the help of such a verb. */
export const paydKeyNote =
  "\nThe API key is read from the environment variable API_KEY; on payd's own machine none is needed, unless its P4_PAYD_URL is another host's or its key is under a passphrase.\n";

export interface PaydRequest {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object;
}

const answerWithinMs = 20_000;

/** The JSON answer; null where there is none. Throws a CliError, unreachable or failed, with the wallet's own code. */
export async function askPayd<Answer>(
  context: VerbContext,
  { payd }: PaydOptions,
  request: PaydRequest,
): Promise<Answer> {
  const { method = "GET", path, body } = request;
  const response = await fetchPayd(context, { payd }, path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(answerWithinMs)]),
  });
  return (response.status === 204 ? null : await response.json()) as Answer;
}

/** The open answer, for a stream. Throws as `askPayd` does. */
export async function fetchPayd(
  context: VerbContext,
  { payd }: { readonly payd?: string | undefined },
  path: string,
  init: RequestInit,
): Promise<Response> {
  const url = payd ?? addressesOf(readConfig(context)).paydUrl;
  const key = context.env["API_KEY"] ?? "";
  const headers = {
    ...(init.body !== undefined && { "content-type": "application/json" }),
    ...(key !== "" && { authorization: `Bearer ${key}` }),
  };
  let response: Response;
  try {
    response = await fetch(url + path, { ...init, headers, redirect: "error" });
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    const reason = cause?.code ?? (error as Error).message;
    throw new CliError("unreachable", `payd does not answer at ${url} (${reason})`, "Is it running? --payd names it.");
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  const nextStep = response.status === 401 ? "Set API_KEY to a key of `p4 api-key new`." : null;
  // It starts, ends or waits for the broker, or a proxy in front does not reach it.
  const kind = [502, 503, 504].includes(response.status) ? "unreachable" : "failed";
  throw new CliError(kind, problem.detail ?? `payd answered ${response.status}`, nextStep, problem.code ?? "PAYD");
}
