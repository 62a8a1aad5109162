import type { MachineTransition } from "@p4/channel";

/** A drawing of the machine: states from top to bottom, in the machine's own order, and arcs between them. */
export interface Statechart {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly StateBox[];
  readonly arcs: readonly Arc[];
  /** Around the states that share their way out. */
  readonly frame: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

export interface StateBox {
  readonly state: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Arc {
  readonly from: string;
  /** Null: any state of the frame. */
  readonly inFrame: boolean;
  readonly to: string;
  readonly events: readonly string[];
  readonly path: string;
}

interface Change {
  readonly from: string;
  readonly to: string;
  readonly event: string;
}

const size = { width: 400, left: 98, boxWidth: 204, boxHeight: 30, step: 54, top: 12 };

/** The changes of state that the machine's table has; what leaves a state as it is, is no arc. */
export function changesOf(table: readonly MachineTransition[]): readonly Change[] {
  return table.flatMap(({ from, to, whenProven, event }) => [
    ...(to === from ? [] : [{ from, to, event }]),
    ...(whenProven === null || whenProven === from ? [] : [{ from, to: whenProven, event: `${event}, proven` }]),
  ]);
}

export function layStatechart(table: readonly MachineTransition[]): Statechart {
  const states = [...new Set(table.map(({ from }) => from))] as string[];
  const changes = changesOf(table);
  const isEnd = (state: string): boolean => !changes.some(({ from }) => from === state);
  const open = states.slice(1).filter((state) => !isEnd(state));
  const isShared = ({ to, event }: Change): boolean =>
    open.length > 1 &&
    open.every((state) => changes.some((each) => each.from === state && each.to === to && each.event === event));
  const yOf = (state: string): number => size.top + states.indexOf(state) * size.step + (isEnd(state) ? 14 : 0);
  const boxes = states.map((state) => {
    return { state, x: size.left, y: yOf(state), width: size.boxWidth, height: size.boxHeight };
  });
  const byEnds = new Map<string, Change[]>();
  for (const change of changes) {
    const key = isShared(change) ? `* ${change.to}` : `${change.from} ${change.to}`;
    byEnds.set(key, [...(byEnds.get(key) ?? []), change]);
  }
  const [topState, lowState] = [open[0] ?? "", open.at(-1) ?? ""];
  const frame = {
    x: 6,
    y: yOf(topState) - 12,
    width: size.width - 12,
    height: yOf(lowState) - yOf(topState) + size.boxHeight + 24,
  };
  const arcs = [...byEnds].map(([key, all]): Arc => {
    const { from, to } = all[0] as Change;
    const inFrame = key.startsWith("*");
    const events = [...new Set(all.map(({ event }) => event))];
    const path = inFrame
      ? wayOut(frame.y + frame.height, yOf(to), states.indexOf(to) - states.indexOf(lowState))
      : wayBetween(states.indexOf(from), states.indexOf(to), yOf(from), yOf(to));
    return { from, to, inFrame, events, path };
  });
  const height = Math.max(...boxes.map(({ y }) => y)) + size.boxHeight + size.top;
  return { width: size.width, height, boxes, arcs, frame: open.length > 1 ? frame : null };
}

/** Down to the next state straight, down beyond it on the right, up on the left. */
function wayBetween(from: number, to: number, fromY: number, toY: number): string {
  const [middle, right] = [size.left + size.boxWidth / 2, size.left + size.boxWidth];
  if (to === from + 1) return `M ${n(middle)} ${n(fromY + size.boxHeight)} V ${n(toY - 3)}`;
  const isDown = to > from;
  const side = isDown ? right : size.left;
  const bulge = (isDown ? 1 : -1) * (20 + 17 * Math.abs(to - from));
  const [startY, endY] = [fromY + size.boxHeight * (isDown ? 0.7 : 0.3), toY + size.boxHeight * (isDown ? 0.3 : 0.7)];
  return `M ${n(side)} ${n(startY)} C ${n(side + bulge)} ${n(startY)} ${n(side + bulge)} ${n(endY)} ${n(side + (isDown ? 3 : -3))} ${n(endY)}`;
}

/** From the frame's lower edge. */
function wayOut(frameY: number, toY: number, distance: number): string {
  if (distance <= 1) return `M ${n(size.left + size.boxWidth / 2)} ${n(frameY)} V ${n(toY - 3)}`;
  const x = size.left + size.boxWidth + 24 + 14 * (distance - 1);
  const endY = toY + size.boxHeight / 2;
  return `M ${n(x)} ${n(frameY)} V ${n(endY - 10)} Q ${n(x)} ${n(endY)} ${n(x - 10)} ${n(endY)} H ${n(size.left + size.boxWidth + 3)}`;
}

const n = (value: number): string => String(Math.round(value * 10) / 10);
