/** What a call of the console's API came to. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `status` 0: the server cannot be reached. */
  | { readonly ok: false; readonly status: number; readonly text: string };

const timeoutMs = 10_000;

/** Where there is no session any more, the page for the login is opened. */
export async function askApi<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
  try {
    const response = await fetch(`/console/api${path}`, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return { ok: true, value: (await response.json()) as T };
    if (response.status === 401) {
      location.assign(`/console/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    const { detail, title } = (await response.json()) as { detail?: string; title?: string };
    return { ok: false, status: response.status, text: detail ?? title ?? `status ${String(response.status)}` };
  } catch {
    return { ok: false, status: 0, text: "the server does not answer" };
  }
}
