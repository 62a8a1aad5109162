import { CliError } from "../cli-error.ts";

export interface FetchOptions {
  /** Who is asked, for the message to the user: "the faucet". */
  readonly what: string;
  /** Posted as JSON; without it the request is a GET. */
  readonly body?: object;
  readonly timeoutMs?: number;
}

/** Asks a JSON service. Throws a CliError: 3 when it cannot be reached, 1 when it refuses. */
export async function fetchJson<Answer>(url: string, options: FetchOptions): Promise<Answer> {
  return JSON.parse(await fetchText(url, options)) as Answer;
}

/** The answer as it came: what is signed must be checked before it is read. Throws as `fetchJson` does. */
export async function fetchText(url: string, { what, body, timeoutMs = 10_000 }: FetchOptions): Promise<string> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response: Response;
  try {
    response = await fetch(url, { ...(body === undefined ? {} : post), signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    const reason = cause?.code ?? (error as Error).message;
    throw new CliError(
      "unreachable",
      `${what} does not answer at ${url} (${reason})`,
      "Is it running? Is the URL right?",
    );
  }
  const text = await response.text();
  if (!response.ok) {
    throw new CliError(
      "failed",
      `${what} refused with ${response.status}: ${text.slice(0, 300)}`,
      `It was asked at ${url}.`,
    );
  }
  return text;
}
