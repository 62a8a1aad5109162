import type { VNode } from "preact";

export interface Series {
  readonly name: string;
  /** Null: nothing to tell at that time. */
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  readonly title: string;
  readonly unit: string;
  /** Oldest first; the same for all series. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

const [width, height, left, bottom] = [400, 130, 44, 18];
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** A few lines over time. Its numbers are told in words as well. */
export function LineChart({ title, unit, times, series }: ChartProps): VNode {
  const most = niceTop(Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 1];
  const x = (atMs: number): number => left + ((atMs - from) / Math.max(1, to - from)) * (width - left - 6);
  const y = (value: number): number => 8 + (1 - value / most) * (height - bottom - 8);
  const lastOf = ({ values }: Series): string => numberText(values.findLast((value) => value !== null) ?? null);
  const told = series.map((one) => `${one.name}: ${lastOf(one)} ${unit} at last`).join("; ");
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        {series.map((one, i) => (
          <span class="small">
            <span class={`swatch s${String(i)}`} aria-hidden="true" /> {one.name}{" "}
            <span class="number">
              {lastOf(one)} {unit}
            </span>
          </span>
        ))}
      </figcaption>
      <svg viewBox={`0 0 ${String(width)} ${String(height)}`} role="img" aria-label={`${title}. ${told}.`}>
        {[0, most / 2, most].map((value) => (
          <g class="grid">
            <line x1={left} x2={width} y1={y(value)} y2={y(value)} />
            <text x={left - 6} y={y(value)} dy="0.35em" text-anchor="end">
              {numberText(value)}
            </text>
          </g>
        ))}
        {times.length > 1 && (
          <g class="grid">
            <text x={left} y={height - 4}>
              {clock.format(from)}
            </text>
            <text x={width} y={height - 4} text-anchor="end">
              {clock.format(to)}
            </text>
          </g>
        )}
        {series.map(({ values }, i) => (
          <path class={`line s${String(i)}`} d={pathOf(values, times, x, y)} />
        ))}
      </svg>
    </figure>
  );
}

/** Broken where there is nothing to tell; a single point has a length of its own. */
function pathOf(
  values: readonly (number | null)[],
  times: readonly number[],
  x: (atMs: number) => number,
  y: (value: number) => number,
): string {
  let isDrawing = false;
  return values
    .map((value, i) => {
      if (value === null) {
        isDrawing = false;
        return "";
      }
      const point = `${x(times[i] ?? 0).toFixed(1)} ${y(value).toFixed(1)}`;
      const isNew = !isDrawing;
      isDrawing = true;
      return isNew ? `M ${point} h 0.1` : `L ${point}`;
    })
    .join(" ");
}

/** 1, 2 or 5 times a power of ten, at or above the value. */
function niceTop(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

function numberText(value: number | null): string {
  if (value === null) return "–";
  if (value >= 1_000) return Math.round(value).toLocaleString("en");
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}
