import type { MachineTransition } from "@p4/channel";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { changesOf, layStatechart } from "../../src/views/lay-statechart.ts";
import { stateText } from "./words.ts";

interface StatechartProps {
  readonly machine: readonly MachineTransition[];
  readonly current: string;
  /** The way that was taken: each state with the next. */
  readonly steps: readonly { readonly before: string; readonly after: string }[];
}

/** The machine as it is, drawn from its own table, with the current state lit and the taken way marked. */
export function StatechartView({ machine, current, steps }: StatechartProps): VNode {
  const chart = useMemo(() => layStatechart(machine), [machine]);
  const taken = new Set(steps.map(({ before, after }) => `${before} ${after}`));
  const been = new Set(steps.flatMap(({ before, after }) => [before, after]));
  const isTaken = ({ from, to, inFrame }: (typeof chart.arcs)[number]): boolean =>
    inFrame ? steps.some(({ before, after }) => after === to && before !== to) : taken.has(`${from} ${to}`);
  const next = changesOf(machine).filter(({ from }) => from === current);
  return (
    <figure class="statechart">
      <svg
        viewBox={`0 0 ${String(chart.width)} ${String(chart.height)}`}
        role="img"
        aria-label={`The channel's state machine. The current state is ${stateText(current)}.`}
      >
        <defs>
          {["", "-taken"].map((kind) => (
            <marker
              id={`tip${kind}`}
              viewBox="0 0 8 8"
              refX="6"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0 L8 4 L0 8 Z" class={`tip${kind}`} />
            </marker>
          ))}
        </defs>
        {chart.frame !== null && <rect class="frame" rx="14" {...chart.frame} />}
        {chart.arcs.map((arc) => (
          <path
            d={arc.path}
            class={isTaken(arc) ? "arc taken" : "arc"}
            marker-end={isTaken(arc) ? "url(#tip-taken)" : "url(#tip)"}
          >
            <title>{`${arc.inFrame ? "any open state" : stateText(arc.from)} → ${stateText(arc.to)}: ${arc.events.join(", ")}`}</title>
          </path>
        ))}
        {chart.boxes.map(({ state, x, y, width, height }) => (
          <g class={state === current ? "box current" : been.has(state) ? "box been" : "box"}>
            <rect x={x} y={y} width={width} height={height} rx="9" />
            <text x={x + width / 2} y={y + height / 2} dy="0.35em" text-anchor="middle">
              {stateText(state)}
            </text>
          </g>
        ))}
      </svg>
      <figcaption class="small">
        {next.length === 0 ? (
          <span class="quiet">From here no event leads on.</span>
        ) : (
          <>
            <strong>From here:</strong>
            <ul>
              {next.map(({ event, to }) => (
                <li>
                  <code>{event}</code> <span class="quiet">→ {stateText(to)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </figcaption>
    </figure>
  );
}
