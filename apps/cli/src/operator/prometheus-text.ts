export interface Metric {
  /** `p4_...` */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly (readonly [labels: string, value: number])[];
}

/** Gauges as Prometheus reads them; one without samples is left out. Pure. */
export function prometheusText(metrics: readonly Metric[]): string[] {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...samples.map(([labels, value]) => `${name}{${labels}} ${value === Infinity ? "+Inf" : String(value)}`),
    ]);
}
