import { CliError } from "../cli-error.ts";

export interface FetchOptions {
  /** Who is asked, for the message to the user: "the faucet". */
  readonly what: string;
  /** Posted as JSON; without it the request is a GET. */
  readonly body?: object;
  readonly timeoutMs?: number;
}

/** Asks a JSON service. Throws a CliError: 3 when it cannot be reached, 1 when it refuses or its answer is no JSON. */
export async function fetchJson<Answer>(url: string, options: FetchOptions): Promise<Answer> {
  const text = await fetchText(url, options);
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new CliError("failed", `${options.what}'s answer is no JSON`, `It was asked at ${url}.`, "BAD_ANSWER");
  }
}

/** The answer as it came: what is signed must be checked before it is read. Throws as `fetchJson` does. */
export async function fetchText(url: string, { what, body, timeoutMs = 10_000 }: FetchOptions): Promise<string> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...(body === undefined ? {} : post), signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    const reason = cause?.code ?? (error as Error).message;
    throw new CliError(
      "unreachable",
      `${what} does not answer at ${url} (${reason})`,
      "Is it running? Is the URL right?",
    );
  }
  if (!response.ok) {
    throw new CliError(
      "failed",
      `${what} refused with ${response.status}: ${text.slice(0, 300)}`,
      `It was asked at ${url}.`,
    );
  }
  return text;
}
