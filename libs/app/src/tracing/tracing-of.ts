import type { AppName, Config } from "@p4/config";
import { buildVersion, SpanExporter, Tracer, type Logger, type Sampling } from "@p4/telemetry";
import { ChannelTracing } from "./channel-tracing.ts";

type TraceConfig = Pick<Config, "otlpEndpoint" | "otlpHeaders" | "otelResource" | "traceSampler" | "traceSamplerArg">;

/** Null: no collector is configured, and nothing is traced. */
export function tracingOf(config: TraceConfig, app: AppName, logger: Logger): ChannelTracing | null {
  const { otlpEndpoint, otlpHeaders, otelResource } = config;
  if (otlpEndpoint === null) return null;
  const exporter = new SpanExporter({
    endpoint: otlpEndpoint,
    headers: otlpHeaders ?? {},
    resource: { "service.name": `p4-${app}`, "service.version": buildVersion, ...otelResource },
    onTrouble: (trouble) => {
      if (trouble === null) logger.info("traces reach their collector again");
      else logger.warn({ trouble }, "traces do not reach their collector");
    },
  });
  const tracer = new Tracer({ sampling: samplingOf(config), onEnded: (span) => exporter.add(span) });
  return new ChannelTracing({ tracer, exporter });
}

function samplingOf({ traceSampler, traceSamplerArg }: TraceConfig): Sampling {
  const followsParent = traceSampler.startsWith("parentbased_");
  if (traceSampler.endsWith("traceidratio")) return { followsParent, ratio: Number(traceSamplerArg) };
  return { followsParent, ratio: traceSampler.endsWith("always_on") ? 1 : 0 };
}
