import { channelMachine, channelStates, type ChannelStateName } from "./channel.machine.ts";
import { emptyContext } from "./context.ts";
import type { ChannelEventType } from "./events.ts";
import { transitionFrom } from "./transitions.ts";

/** One line of the machine: what an event does to a channel in this state. */
export interface MachineTransition {
  readonly from: ChannelStateName;
  readonly event: ChannelEventType;
  readonly to: ChannelStateName;
  /** Another target when each transaction of the accepted payment is proven; null: the same one. */
  readonly whenProven: ChannelStateName | null;
}

/** All that the machine allows, in the order of its states: asked of the machine itself. */
export function machineTable(): readonly MachineTransition[] {
  const events = channelMachine.events as readonly ChannelEventType[];
  return channelStates.flatMap((from) =>
    events.flatMap((event) => {
      const { whenProven, otherwise } = transitionFrom({ value: valueOf(from), context: emptyContext }, event);
      const [to, proven] = [nameOf(otherwise), nameOf(whenProven)];
      return to === null ? [] : [{ from, event, to, whenProven: proven === to ? null : proven }];
    }),
  );
}

/**
 * The machine as a Mermaid diagram. Events that leave a state as it is are left out; what every open state knows is drawn
 * once, from the frame around them.
 */
export function machineDiagram(): string {
  const changes = machineTable().flatMap(({ from, event, to, whenProven }) => [
    ...(to === from ? [] : [{ from, to, label: event }]),
    ...(whenProven === null || whenProven === from ? [] : [{ from, to: whenProven, label: `${event} [proven]` }]),
  ]);
  const open = channelStates.filter((name) => typeof valueOf(name) !== "string");
  const isShared = ({ label, to }: (typeof changes)[number]) =>
    open.every((state) => changes.some((other) => other.from === state && other.to === to && other.label === label));
  const inner = changes.filter((each) => open.includes(each.from) && !isShared(each));
  const shared = changes.filter((each) => each.from === open[0] && isShared(each));
  const outer = changes.filter((each) => !open.includes(each.from));
  const line = (from: string, to: string, label: string) => `${from} --> ${to}: ${label}`;
  return [
    "stateDiagram-v2",
    "  [*] --> unopened",
    ...outer.map(({ from, to, label }) => `  ${line(from, open.includes(to) ? "open" : to, label)}`),
    "  state open {",
    `    [*] --> ${String(open[0])}`,
    ...inner.map(({ from, to, label }) => `    ${line(from, to, label)}`),
    "  }",
    ...shared.map(({ to, label }) => `  ${line("open", to, label)}`),
    "",
  ].join("\n");
}

const names = new Set<string>(Object.keys(channelMachine.states));

function valueOf(name: ChannelStateName) {
  return (names.has(name) ? name : { open: name }) as Parameters<typeof transitionFrom>[0]["value"];
}

function nameOf(value: ReturnType<typeof valueOf> | null): ChannelStateName | null {
  if (value === null) return null;
  return typeof value === "string" ? value : value.open;
}
