import { setTimeout as sleep } from "node:timers/promises";
import { RegionError, type Step, type StreamRole, type StreamState } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { apiErrorCodes, toStoreError } from "../broker-errors.ts";
import { contested } from "./stream-role.ts";
import { findStreamState } from "./survey-region.ts";
import { isLinked } from "./until-linked.ts";

const pollMs = 10;
/** Between two looks at the origin. */
const lookAtOriginEachMs = 500;
/** Appends that were on their way when a stream was fenced are stored within this. */
const settleMs = 20;

/**
 * Waits until a copy has what its origin had at the beginning.
 *
 * @param remake makes the copy once more, for one that has stalled
 * @throws RegionError REGION_COPY_BEHIND after `withinMs`, REGION_COPY_HOLED when the copy has left events out,
 *   REGION_CONTESTED when another operator has made something else of the copy or of its origin
 * @throws StoreError
 */
export async function untilComplete(
  from: Broker,
  to: Broker,
  step: Extract<Step, { do: "complete" }>,
  stream: string,
  remake: () => Promise<void>,
): Promise<void> {
  const stall = new Stall(step.remakeAfterMs ?? Infinity);
  let wanted = await lastMessage(from, stream);
  let lookAtMs = performance.now() + lookAtOriginEachMs;
  for (const endMs = performance.now() + step.withinMs; ; await sleep(pollMs)) {
    const found = await expectedState(to, stream);
    assertFollows(found, to, step.from);
    const { role, lastSequence } = found;
    const isHoled = await hasNewHoles(found, from);
    if (isFed(role) && lastSequence >= wanted && !isHoled) return;
    // What a copy has left out does not come any more.
    if (isHoled) throw new RegionError("REGION_COPY_HOLED", progressText(found, step.to, wanted));
    if (performance.now() >= endMs) throw new RegionError("REGION_COPY_BEHIND", progressText(found, step.to, wanted));
    if (performance.now() < lookAtMs) continue;
    await assertOrigin(from, stream);
    if (role.kind === "copy" && stall.isOver(lastSequence) && (await isLinked(to, step.from))) {
      await remake();
      stall.restart();
    }
    // What has elapsed at the origin meanwhile does not come any more.
    wanted = Math.min(wanted, await lastMessage(from, stream));
    lookAtMs = performance.now() + lookAtOriginEachMs;
  }
}

/** One that has just been made may be as long as an empty origin, and not be fed yet. */
const isFed = (role: StreamRole): boolean => role.kind !== "copy" || role.ageMs !== null;

/** Whether a copy lacks events that its origin has. */
const hasNewHoles = async ({ stream, holes = 0 }: StreamState, from: Broker): Promise<boolean> =>
  holes > 0 && holes > ((await expectedState(from, stream)).holes ?? 0);

const progressText = ({ stream, lastSequence, holes = 0 }: StreamState, site: string, wanted: number): string =>
  `${stream} at ${site} is at ${lastSequence} of ${wanted}, and lacks ${holes} before`;

/** How long a copy has got nothing. */
class Stall {
  readonly #longestMs: number;
  #sequence = -1;
  #sinceMs = performance.now();

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  isOver(sequence: number): boolean {
    if (sequence > this.#sequence) this.restart(sequence);
    return performance.now() - this.#sinceMs > this.#longestMs;
  }

  restart(sequence = -1): void {
    this.#sequence = sequence;
    this.#sinceMs = performance.now();
  }
}

/** A copy of another home is fed by that one. */
function assertFollows({ stream, role }: StreamState, at: Broker, origin: string): void {
  const isOurs = role.kind === "home" || (role.kind === "copy" && role.of === origin);
  if (!isOurs) throw contested(at, stream, role);
}

/** A stream that has been dropped, or made a copy itself, feeds no copy. */
async function assertOrigin(from: Broker, stream: string): Promise<void> {
  const { role } = await expectedState(from, stream);
  if (role.kind === "copy") throw contested(from, stream, role);
}

/** Another operator may have dropped the stream. */
async function expectedState(broker: Broker, stream: string): Promise<StreamState> {
  const found = await findStreamState(broker, stream);
  if (found === null) throw contested(broker, stream, undefined);
  return found;
}

/** The last message that can be copied: behind it there may be sequences of keys that have elapsed. */
async function lastMessage(broker: Broker, stream: string): Promise<number> {
  for (let last = -1; ; await sleep(settleMs)) {
    const { role, lastSequence } = await expectedState(broker, stream);
    if (role.kind === "fenced" && lastSequence !== last) {
      last = lastSequence;
      continue;
    }
    const path = `STREAM.MSG.GET.${stream}`;
    const { message, error } = await broker.apiAnswer<{ message?: { seq: number } }>(path, { last_by_subj: ">" });
    if (error !== undefined && error.err_code !== apiErrorCodes.noMessageFound) throw toStoreError(error, path);
    return message?.seq ?? 0;
  }
}
