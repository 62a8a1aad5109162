import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { waitFor } from "@p4/testkit";
import { afterAll } from "vitest";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined: the first of its trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  /** With values as text. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly service: string;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, "attributes"> & { readonly attributes: readonly KeyValue[] })[];
    }[];
  }[];
}

/** A collector of OpenTelemetry's: takes OTLP/HTTP in JSON, and keeps it. Closed after the file's tests. */
export class Collector {
  readonly spans: CollectedSpan[] = [];
  /** As they came. */
  readonly bodies: string[] = [];
  readonly headers: Record<string, string | string[] | undefined>[] = [];
  readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  static async start(): Promise<Collector> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        if (request.method !== "POST" || request.url !== "/v1/traces") return void response.writeHead(404).end();
        collector.headers.push(request.headers);
        collector.#take(body);
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => void server.close());
    const collector = new Collector(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    return collector;
  }

  /** The spans of a channel with this name, once there are `count`. */
  async named(name: string, channelId: string, count = 1): Promise<CollectedSpan[]> {
    return waitFor(
      () => {
        const found = this.spans.filter((span) => span.name === name && span.attributes["p4.channel.id"] === channelId);
        return found.length >= count ? found : undefined;
      },
      { description: `${String(count)} of ${name} among ${this.spans.map((span) => span.name).join(", ")}` },
    );
  }

  #take(body: string): void {
    this.bodies.push(body);
    for (const { resource, scopeSpans } of (JSON.parse(body) as TraceRequest).resourceSpans) {
      const service = textsOf(resource.attributes)["service.name"] ?? "";
      for (const { spans } of scopeSpans) {
        for (const span of spans) this.spans.push({ ...span, attributes: textsOf(span.attributes), service });
      }
    }
  }
}

function textsOf(attributes: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? ""]));
}
