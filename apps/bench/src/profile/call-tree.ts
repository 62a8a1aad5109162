/** What V8 writes with `--cpu-prof`: nodes of a call tree, and a sample per interval (microseconds). */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** In microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

export interface Call {
  readonly name: string;
  /** `libs/nats/append`, `@nats-io/nats-core`, `node`; empty: the engine itself. */
  readonly place: string;
  /** With all that it called. */
  totalMicros: number;
  readonly children: Map<string, Call>;
}

/**
 * The busy time between two moments, as one tree of calls.
 *
 * @param fromMicros since the first sample; so is `toMicros`
 */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile, fromMicros: number, toMicros: number): Call {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const root: Call = newCall("all", "");
  let atMicros = 0;
  for (const [index, id] of samples.entries()) {
    const micros = timeDeltas[index] ?? 0;
    atMicros += micros;
    if (atMicros < fromMicros || atMicros >= toMicros) continue;
    const stack = stackOf(id, byId, parents);
    if (stack[0]?.functionName === "(idle)") continue;
    add(root, stack, micros);
  }
  return root;
}

type Frame = ProfileNode["callFrame"];

/** From the outermost call to the one that ran. */
function stackOf(id: number, byId: ReadonlyMap<number, ProfileNode>, parents: ReadonlyMap<number, number>): Frame[] {
  const frames: Frame[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const frame = byId.get(at)?.callFrame;
    if (frame !== undefined && frame.functionName !== "(root)") frames.unshift(frame);
  }
  return frames;
}

function add(root: Call, stack: readonly Frame[], micros: number): void {
  root.totalMicros += micros;
  let call = root;
  for (const { functionName, url } of stack) {
    const [name, place] = [functionName || "(anonymous)", placeOf(url)];
    const key = `${name} ${place}`;
    let next = call.children.get(key);
    if (next === undefined) call.children.set(key, (next = newCall(name, place)));
    next.totalMicros += micros;
    call = next;
  }
}

const newCall = (name: string, place: string): Call => ({ name, place, totalMicros: 0, children: new Map() });

function placeOf(url: string): string {
  if (url.startsWith("node:")) return "node";
  const dependency = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (dependency?.[1] !== undefined) return dependency[1];
  const own = /\/((?:libs|apps)\/[^/]+)\/dist\/(.+)\.js$/.exec(url);
  return own === null ? "" : `${own[1] ?? ""}/${own[2] ?? ""}`;
}
