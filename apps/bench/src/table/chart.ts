import { figure } from "../report.ts";
import { outcome, type TableResult } from "./table-report.ts";
import type { Verdict } from "./goals.ts";
import type { ScenarioResult } from "./scenario.ts";

const width = 1000;
const left = 370;
const barsEnd = 710;
const lineHeight = 24;
/** Goals are drawn on a logarithmic scale, the goal in the middle, up to this many times better or worse. */
const mostTimes = 32;

/** A drawing of a run: the peers' rates, and each goal with what was reached. Readable on light and dark paper. */
export function chartSvg(result: TableResult): string {
  const peers = result.scenarios.find(({ name }) => name === "peers");
  const parts = [
    ...(peers === undefined ? [] : [ratePanel(peers), cpuPanel(peers)]),
    ...(result.verdicts.length === 0 ? [] : [goalPanel(result.verdicts)]),
  ];
  const note = `Commit ${result.commit}, ${String(result.cores)} cores, load ${figure(result.loadBefore)} to ${figure(result.loadAfter)}, medians over the rounds (${String(result.rounds)}).`;
  let y = 16;
  const drawn = parts.map(({ height, draw }) => {
    const at = y;
    y += height + 20;
    return draw(at);
  });
  const height = y + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-labelledby="title">`,
    `<title id="title">What a message costs beside other servers, and which goals are met</title>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${String(width)}" height="${String(height)}"/>`,
    ...drawn.flat().filter((element) => element !== ""),
    text("note", 16, height - 12, note),
    "</svg>",
    "",
  ].join("\n");
}

const style = [
  "text{font:13px system-ui,sans-serif;fill:#1f2328}.head{font-weight:600;font-size:15px}.note{fill:#59636e;font-size:12px}",
  ".paper{fill:#ffffff}.own,.met{fill:#0969da}.other{fill:#8c959f}.missed{fill:#bc4c00}.goal{stroke:#1f2328;stroke-width:1.5}",
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9198a1}.paper{fill:#0d1117}.own,.met{fill:#4493f8}",
  ".other{fill:#6e7681}.missed{fill:#f0883e}.goal{stroke:#e6edf3}}",
].join("");

interface Panel {
  readonly height: number;
  readonly draw: (y: number) => string[];
}

function ratePanel({ rows }: ScenarioResult): Panel {
  const bars = rows.map(({ subject, figures }) => ({ label: subject, value: figures.perSecond?.median ?? 0 }));
  return barPanel("Messages a second, each stored before the other side sees it (more is better)", bars, "");
}

function cpuPanel({ rows }: ScenarioResult): Panel {
  const bars = rows.map(({ subject, figures }) => {
    return {
      label: subject,
      value: (figures.serverCpuMicros?.median ?? 0) + (figures.brokerCpuMicros?.median ?? 0),
    };
  });
  return barPanel("CPU of a message, server and store (less is better)", bars, " µs");
}

function barPanel(head: string, bars: readonly { label: string; value: number }[], unit: string): Panel {
  const most = Math.max(...bars.map(({ value }) => value), 1);
  return {
    height: (bars.length + 1) * lineHeight,
    draw: (y) => [
      text("head", 16, y + 14, head),
      ...bars.flatMap(({ label, value }, index) => {
        const top = y + (index + 1) * lineHeight;
        const length = ((barsEnd - left) * value) / most;
        return [
          text("", 16, top + 15, label),
          bar(index === 0 ? "own" : "other", left, top + 3, length),
          text("", left + length + 8, top + 15, `${figure(value)}${unit}`),
        ];
      }),
    ],
  };
}

function goalPanel(verdicts: readonly Verdict[]): Panel {
  const middle = (left + barsEnd) / 2;
  return {
    height: (verdicts.length + 1) * lineHeight,
    draw: (y) => [
      text("head", 16, y + 14, "Goals: right of the line is better than asked for (logarithmic)"),
      ...verdicts.flatMap((verdict, index) => {
        const top = y + (index + 1) * lineHeight;
        const length = (timesBetter(verdict) * (barsEnd - left)) / 2;
        const sign = verdict.atLeast ? "≥" : "≤";
        return [
          text("", 16, top + 15, `${verdict.scenario}: ${verdict.what}`, left - 24),
          verdict.met === null
            ? ""
            : bar(verdict.met ? "met" : "missed", middle + Math.min(length, 0), top + 3, Math.abs(length)),
          text(
            "",
            barsEnd + 12,
            top + 15,
            `${outcome(verdict)} (${sign} ${figure(verdict.goal)})`,
            width - barsEnd - 20,
          ),
        ];
      }),
      `<line class="goal" x1="${String(middle)}" x2="${String(middle)}" y1="${String(y + lineHeight)}" y2="${String(y + (verdicts.length + 1) * lineHeight)}"/>`,
    ],
  };
}

/** From -1 to 1: how much better than the goal, in doublings, as a share of what is drawn at the most. */
function timesBetter({ value, goal, atLeast }: Verdict): number {
  if (value === null) return 0;
  if (value <= 0 || goal <= 0) return value === goal || value < goal !== atLeast ? 0 : -1;
  const times = atLeast ? value / goal : goal / value;
  return Math.max(-1, Math.min(1, Math.log2(times) / Math.log2(mostTimes)));
}

function bar(kind: string, x: number, y: number, length: number): string {
  return `<rect class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(length, 1).toFixed(1)}" height="16" rx="2"/>`;
}

/** @param most width in px: longer texts are pushed together */
function text(kind: string, x: number, y: number, content: string, most = Infinity): string {
  // About what a letter takes in the widest of the usual fonts.
  const tight = content.length * 6.9 > most ? ` textLength="${most.toFixed(0)}" lengthAdjust="spacingAndGlyphs"` : "";
  return `<text${kind === "" ? "" : ` class="${kind}"`} x="${x.toFixed(1)}" y="${y.toFixed(1)}"${tight}>${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
