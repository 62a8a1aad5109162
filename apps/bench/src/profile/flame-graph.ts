import type { Call } from "./call-tree.ts";

const width = 1200;
const rowHeight = 17;
const top = 44;
/** Of the whole: narrower calls would be lines without a word. */
const leastShare = 0.002;
const charWidth = 6.4;

/** A call tree as a flame graph: as wide as a call took, its callees above it. Readable on light and dark paper. */
export function flameGraphSvg(root: Call, title: string, microsOf: (totalMicros: number) => string): string {
  const depth = depthOf(root, root.totalMicros);
  const height = top + depth * rowHeight + 30;
  const rows: string[] = [];
  draw(root, 0, 0, { root, height, microsOf, rows });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-labelledby="title">`,
    `<title id="title">${escape(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${String(width)}" height="${String(height)}"/>`,
    `<text class="head" x="8" y="20">${escape(title)}</text>`,
    `<text x="8" y="36">This project's code is blue, packages orange, Node.js green, the engine and the kernel grey.</text>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

const style = [
  "text{font:11px system-ui,sans-serif;fill:#1f2328}.head{font-size:14px;font-weight:600}.paper{fill:#fff}",
  "g text{fill:#1f2328}rect{stroke:#fff;stroke-width:.5}.own{fill:#80b3ff}.package{fill:#ffb77c}.node{fill:#7ee787}.engine{fill:#c9d1d9}",
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}rect{stroke:#0d1117}}",
].join("");

interface Drawing {
  readonly root: Call;
  readonly height: number;
  readonly microsOf: (totalMicros: number) => string;
  readonly rows: string[];
}

function draw(call: Call, x: number, level: number, drawing: Drawing): void {
  const { root, height, microsOf, rows } = drawing;
  const share = call.totalMicros / root.totalMicros;
  if (share < leastShare) return;
  const wide = share * width;
  const y = height - 30 - level * rowHeight;
  const label = `${call.name}${call.place === "" ? "" : ` (${call.place})`}`;
  const room = Math.floor((wide - 6) / charWidth);
  const shown = room < 3 ? "" : label.length <= room ? label : `${label.slice(0, room - 1)}…`;
  const words = shown === "" ? "" : `<text x="${(x + 3).toFixed(1)}" y="${String(y + 12)}">${escape(shown)}</text>`;
  rows.push(
    `<g><title>${escape(`${label}: ${microsOf(call.totalMicros)}, ${(share * 100).toFixed(1)} %`)}</title>` +
      `<rect class="${kindOf(call.place)}" x="${x.toFixed(1)}" y="${String(y)}" width="${wide.toFixed(1)}" height="${String(rowHeight - 1)}"/>${words}</g>`,
  );
  let at = x;
  for (const child of [...call.children.values()].sort((a, b) => b.totalMicros - a.totalMicros)) {
    draw(child, at, level + 1, drawing);
    at += (child.totalMicros / root.totalMicros) * width;
  }
}

function depthOf(call: Call, wholeMicros: number): number {
  if (call.totalMicros / wholeMicros < leastShare) return 0;
  return 1 + Math.max(0, ...[...call.children.values()].map((child) => depthOf(child, wholeMicros)));
}

function kindOf(place: string): string {
  if (place === "") return "engine";
  if (place === "node") return "node";
  return /^(?:libs|apps)\//.test(place) ? "own" : "package";
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${String(char.charCodeAt(0))};`);
}
