import { decide, type ChannelCommand, type Decision, type SequencedEvent } from "@p4/channel";
import type { SubmitResult } from "@p4/channel-host";
import { isStoreError, type AppendRequest, type AppendResult, type EventLog, type LiveFeed } from "@p4/event-store";
import {
  formatTraceparent,
  parseTraceparent,
  type Attributes,
  type Span,
  type SpanExporter,
  type SpanOptions,
  type TraceContext,
  type Tracer,
} from "@p4/telemetry";
import type { ChannelPorts } from "../open-channel-node.ts";
import { RecentTraces } from "./recent-traces.ts";

/** A command on its way: what its decision, its append and its delivery on this node belong to. */
interface Step {
  readonly channelId: string;
  readonly context: TraceContext;
  eventType: string;
  /** Of the append that the log has taken, or may have. */
  append: TraceContext | null;
}

/** Where a command is sent: a followed channel, or a registry's. */
export interface Traced {
  readonly channelId: string;
  submit(command: ChannelCommand): Promise<SubmitResult>;
}

export interface SpanOf {
  readonly name: string;
  readonly kind: SpanOptions["kind"];
  /** Null: a trace begins. */
  readonly parent: TraceContext | null;
}

export interface TracingParts {
  readonly tracer: Tracer;
  readonly exporter: Pick<SpanExporter, "close" | "dropped">;
}

/**
 * Spans of what happens to commands on this node, put around the ports of the channel actors: they and the core know nothing
 * of it. A span names channel, node, message, event, sequence and code, and nothing that a wallet wrote.
 */
export class ChannelTracing {
  readonly #tracer: Tracer;
  readonly #exporter: TracingParts["exporter"];
  /** By the command's id, which is its event's. */
  readonly #steps = new Map<string, Step>();
  readonly #recent = new RecentTraces();
  #nodeId = "";

  constructor({ tracer, exporter }: TracingParts) {
    this.#tracer = tracer;
    this.#exporter = exporter;
  }

  /** Spans that no collector will see. */
  get dropped(): number {
    return this.#exporter.dropped;
  }

  /** A span from here to the log's answer. */
  async submit({ name, kind, parent }: SpanOf, command: ChannelCommand, to: Traced): Promise<SubmitResult> {
    const { channelId } = to;
    const { commandId } = command.metadata;
    const span = this.start(name, kind, parent, { "p4.channel.id": channelId });
    const step: Step = { channelId, context: span.context, eventType: "", append: null };
    this.#steps.set(commandId, step);
    try {
      const result = await to.submit(command);
      span.end({ attributes: outcomeOf(result) });
      return result;
    } catch (error) {
      span.end({ error: codeOf(error) });
      throw error;
    } finally {
      if (this.#steps.get(commandId) === step) this.#steps.delete(commandId);
    }
  }

  /** The core's `decide`, as a span of its command. */
  readonly decide = (...question: Parameters<typeof decide>): Decision => {
    const step = this.#steps.get(question[0].metadata.commandId);
    if (step === undefined) return decide(...question);
    const span = this.start("decide", "internal", step.context, { "p4.channel.id": step.channelId });
    const decision = decide(...question);
    if (decision.outcome === "accepted") step.eventType = decision.event.type;
    const code = decision.outcome === "refused" ? { "p4.code": decision.code } : {};
    span.end({ attributes: { "p4.outcome": decision.outcome, ...code } });
    return decision;
  };

  /** The ports, with a span around each append of a command, and an ear for the traces of what other nodes append. */
  wrap({ log, feed }: ChannelPorts, nodeId: string): ChannelPorts {
    this.#nodeId = nodeId;
    return { log: this.#tracedLog(log), feed: this.#tracedFeed(feed) };
  }

  /** An event was written to a socket of this node. */
  delivered(event: SequencedEvent, channelId: string): void {
    const { streamVersion, type, metadata } = event;
    const heard = this.#recent.of(channelId, streamVersion);
    const parent = heard?.context ?? this.#steps.get(metadata.eventId)?.append ?? null;
    if (parent === null) return;
    const attributes = { "p4.channel.id": channelId, "p4.event.type": type, "p4.sequence": streamVersion };
    const startMs = heard === undefined ? {} : { startMs: heard.atMs };
    this.start(`deliver ${type}`, "consumer", parent, attributes, startMs).end();
  }

  /** Hands over what is left; takes two seconds at most. */
  close(): Promise<void> {
    return this.#exporter.close();
  }

  #tracedLog(log: EventLog): EventLog {
    return {
      appendToStream: (request) => {
        const step = this.#steps.get(request.eventId);
        return step === undefined ? log.appendToStream(request) : this.#append(request, step, log);
      },
      readStream: (channelId, options) => log.readStream(channelId, options),
      streamVersions: (channelIds) => log.streamVersions(channelIds),
      scan: (options) => log.scan(options),
    };
  }

  async #append(request: AppendRequest, step: Step, log: EventLog): Promise<AppendResult> {
    const { channelId } = request;
    const attributes = { "p4.channel.id": channelId, "p4.event.type": step.eventType };
    const span = this.start(`append ${step.eventType}`, "producer", step.context, attributes);
    step.append = span.context;
    try {
      const result = await log.appendToStream({ ...request, traceparent: formatTraceparent(span.context) });
      span.end({ attributes: { "p4.sequence": result.nextExpectedStreamVersion } });
      return result;
    } catch (error) {
      span.end({ error: codeOf(error) });
      throw error;
    }
  }

  #tracedFeed(feed: LiveFeed): LiveFeed {
    return {
      subscribe: (channelId, listener) =>
        feed.subscribe(channelId, (event) => {
          const context = parseTraceparent(event.traceparent);
          if (context?.isSampled === true) {
            this.#recent.add(channelId, event.streamVersion, { context, atMs: this.#tracer.nowMs });
          }
          listener(event);
        }),
      onReconnect: (listener) => feed.onReconnect(listener),
      settled: () => feed.settled(),
    };
  }

  start(
    name: string,
    kind: SpanOptions["kind"],
    parent: TraceContext | null,
    attributes: Attributes = {},
    more: Pick<SpanOptions, "startMs"> = {},
  ): Span {
    return this.#tracer.start(name, {
      kind,
      parent,
      attributes: { "p4.node.id": this.#nodeId, ...attributes },
      ...more,
    });
  }
}

function outcomeOf(result: SubmitResult): Attributes {
  const outcome = { "p4.outcome": result.outcome };
  if (result.outcome === "refused") return { ...outcome, "p4.code": result.code };
  if (result.outcome === "stored") return { ...outcome, "p4.sequence": result.event.streamVersion };
  return result.outcome === "duplicate" ? { ...outcome, "p4.sequence": result.streamVersion } : outcome;
}

function codeOf(error: unknown): string {
  return isStoreError(error) ? error.code : "EDGE_ERROR";
}
