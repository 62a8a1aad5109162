import { otlpJson } from "./otlp-json.ts";
import type { Attributes, EndedSpan } from "./tracer.ts";

export interface SpanExporterOptions {
  /** Of the collector; `/v1/traces` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Attributes;
  /** Hears once that the collector is out of reach, and once (null) that it is back. */
  readonly onTrouble: (trouble: string | null) => void;
  readonly maxQueued?: number;
  readonly everyMs?: number;
  readonly timeoutMs?: number;
}

const maxBatch = 512;
const longestPauseMs = 30_000;
const closeWithinMs = 2_000;
/** What OTLP says may be sent again. */
const repeatable = new Set([429, 502, 503, 504]);

interface Trouble {
  readonly text: string;
  readonly mayRepeat: boolean;
}

/**
 * Hands spans to a collector over OTLP/HTTP, a batch at a time, at its own pace. What a collector does or does not do is
 * never waited for: beyond the queue's bound the newest spans are dropped and counted.
 */
export class SpanExporter {
  readonly #options: Required<SpanExporterOptions>;
  #queue: EndedSpan[] = [];
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #failures = 0;
  #dropped = 0;
  #isClosed = false;
  readonly #stop = new AbortController();

  constructor(options: SpanExporterOptions) {
    this.#options = { maxQueued: 2_048, everyMs: 1_000, timeoutMs: 10_000, ...options };
  }

  /** Spans that no collector will see. */
  get dropped(): number {
    return this.#dropped;
  }

  add(span: EndedSpan): void {
    if (this.#isClosed || this.#queue.length >= this.#options.maxQueued) {
      this.#dropped++;
      return;
    }
    this.#queue.push(span);
    this.#schedule();
  }

  /** Tries once more to hand over what is queued; takes two seconds at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const limit = setTimeout(() => this.#stop.abort(), closeWithinMs);
    await this.#sending;
    while (this.#queue.length > 0 && (await this.#send()));
    clearTimeout(limit);
    this.#dropped += this.#queue.splice(0).length;
  }

  #schedule(): void {
    if (this.#timer !== null || this.#sending !== null || this.#isClosed) return;
    const pauseMs = Math.min(longestPauseMs, this.#options.everyMs * 2 ** this.#failures);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#sending = this.#send().then(() => {
        this.#sending = null;
        if (this.#queue.length > 0) this.#schedule();
      });
    }, pauseMs).unref();
  }

  /** Whether the collector answered, whatever it said. Never rejects. */
  async #send(): Promise<boolean> {
    const { resource, maxQueued } = this.#options;
    const batch = this.#queue.splice(0, maxBatch);
    const trouble = await this.#post(otlpJson(batch, resource));
    if (trouble?.mayRepeat === true) {
      this.#queue = [...batch, ...this.#queue];
      this.#dropped += this.#queue.splice(maxQueued).length;
    } else if (trouble !== null) this.#dropped += batch.length;
    this.#tell(trouble?.text ?? null);
    return trouble?.mayRepeat !== true;
  }

  /** Null: the collector has them. */
  async #post(body: string): Promise<Trouble | null> {
    const { endpoint, headers, timeoutMs } = this.#options;
    try {
      const response = await fetch(`${endpoint}/v1/traces`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body,
        redirect: "error",
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#stop.signal]),
      });
      await response.body?.cancel();
      if (response.ok) return null;
      return { text: `HTTP ${String(response.status)}`, mayRepeat: repeatable.has(response.status) };
    } catch (error) {
      const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } };
      return { text: cause?.code ?? message, mayRepeat: true };
    }
  }

  #tell(trouble: string | null): void {
    const wasWell = this.#failures === 0;
    this.#failures = trouble === null ? 0 : this.#failures + 1;
    if (wasWell !== (trouble === null)) this.#options.onTrouble(trouble);
  }
}
