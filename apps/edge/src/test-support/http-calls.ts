/** An HTTP answer as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return read(await fetch(url, { headers }));
}

export async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  return read(await fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } }));
}

export function paymentUrl(edge: { readonly port: number }, channelId: string): string {
  return `http://127.0.0.1:${String(edge.port)}/api/v1/payment/${channelId}`;
}

/** Where a 202 says that the answer will be. */
export function locationOf(answer: Answer, url: string): string {
  return new URL(answer.headers.get("location") ?? "none", url).href;
}

async function read(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}
