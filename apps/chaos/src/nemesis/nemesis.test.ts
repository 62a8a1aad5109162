import { expect, test, vi } from "vitest";
import type { Member } from "../system/member.ts";
import type { Fault } from "./fault.ts";
import { runNemesis, type NemesisOptions } from "./nemesis.ts";

/** A system of three brokers that only notes what is done to it; those named cannot be started again. */
function notedSystem(unstartable: readonly string[]) {
  const notes: string[] = [];
  const members = ["nats-a", "nats-b", "nats-c"].map((name): Member => {
    const note = (what: string) => async () => {
      // Starting takes a while: what fails at once must not hide it.
      if (what === "start" && !unstartable.includes(name)) await new Promise((resolve) => setTimeout(resolve, 20));
      notes.push(`${what} ${name}`);
      if (what === "start" && unstartable.includes(name)) throw new Error(`${name} does not start`);
    };
    const [kill, stop, start] = [note("kill"), note("stop"), note("start")];
    return { name, kill, stop, start, pause: () => undefined, resume: () => undefined };
  });
  const member = (name: string): Member => members.find((each) => each.name === name) ?? (members[0] as Member);
  const system = { brokers: { brokers: members }, links: new Map(), member } as unknown as NemesisOptions["system"];
  const onFault = vi.fn();
  return { notes, onFault, options: { system, stallPeer: () => undefined, onFault } };
}

const fault = (kind: Fault["kind"], target: string, atMs: number, holdMs = 10): Fault => ({
  kind,
  target,
  atMs,
  holdMs,
});
const never = new AbortController().signal;

test("each fault is healed, and the end waits for the last one", async () => {
  const { notes, options } = notedSystem([]);
  await runNemesis([fault("kill-broker", "nats-a", 0), fault("kill-broker", "nats-b", 5)], options, never);
  expect(notes.toSorted()).toEqual(["kill nats-a", "kill nats-b", "start nats-a", "start nats-b"]);
});

test("a fault that cannot be healed ends the others, and nothing starts after the end", async () => {
  const { notes, onFault, options } = notedSystem(["nats-a"]);
  const plan = [fault("kill-all-brokers", "nats-a", 0), fault("kill-broker", "nats-b", 60_000, 60_000)];
  await expect(runNemesis(plan, options, never)).rejects.toThrow("nats-a does not start");
  expect(onFault).toHaveBeenCalledTimes(1);
  expect(notes.filter((note) => note.startsWith("start")).toSorted()).toEqual([
    "start nats-a",
    "start nats-b",
    "start nats-c",
  ]);
});

test("who ends the campaign ends its faults", async () => {
  const { notes, options } = notedSystem([]);
  const over = new AbortController();
  const running = runNemesis([fault("kill-broker", "nats-a", 0, 60_000)], options, over.signal);
  await vi.waitFor(() => expect(notes).toEqual(["kill nats-a"]));
  over.abort();
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
  expect(notes).toEqual(["kill nats-a"]);
});
