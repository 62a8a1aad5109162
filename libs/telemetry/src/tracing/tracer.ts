import { randomBytes } from "node:crypto";
import { isSampled, type Sampling } from "./sampler.ts";
import type { TraceContext } from "./trace-context.ts";

/** As OTLP numbers them. */
export const spanKinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

export type Attributes = Readonly<Record<string, string | number>>;

/** A span that is over. Times in milliseconds since 1970, with fractions. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: number;
  readonly context: TraceContext;
  readonly parentSpanId: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
}

export interface SpanOptions {
  readonly kind: keyof typeof spanKinds;
  /** Null: a trace begins. */
  readonly parent: TraceContext | null;
  readonly attributes: Attributes;
  /** Default: now. */
  readonly startMs?: number;
}

export interface SpanEnd {
  readonly attributes?: Attributes;
  /** A stable code. */
  readonly error?: string;
}

export interface Span {
  readonly context: TraceContext;
  /** Once. */
  end(how?: SpanEnd): void;
}

export interface TracerOptions {
  readonly sampling: Sampling;
  readonly onEnded: (span: EndedSpan) => void;
}

/** Makes spans. One that is not sampled has a context to hand on, and is not told to `onEnded`. */
export class Tracer {
  readonly #options: TracerOptions;

  constructor(options: TracerOptions) {
    this.#options = options;
  }

  /** The time by which spans are stamped: steady while the process lives. */
  get nowMs(): number {
    return performance.timeOrigin + performance.now();
  }

  start(name: string, { kind, parent, attributes, startMs = this.nowMs }: SpanOptions): Span {
    const { sampling, onEnded } = this.#options;
    const traceId = parent?.traceId ?? randomHex(16);
    const context = { traceId, spanId: randomHex(8), isSampled: isSampled(traceId, parent, sampling) };
    return {
      context,
      end: (how = {}) => {
        if (!context.isSampled) return;
        onEnded({
          name,
          kind: spanKinds[kind],
          context,
          parentSpanId: parent?.spanId ?? null,
          startMs,
          endMs: this.nowMs,
          attributes: { ...attributes, ...how.attributes },
          error: how.error ?? null,
        });
      },
    };
  }
}

/** Digits in store: asked for one by one, they would be most of a span's cost. */
let digits = "";

/** Not all zero but once in 2^64. */
function randomHex(bytes: number): string {
  if (digits.length < 2 * bytes) digits = randomBytes(2_048).toString("hex");
  const id = digits.slice(0, 2 * bytes);
  digits = digits.slice(2 * bytes);
  return id;
}
