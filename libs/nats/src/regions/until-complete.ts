import { setTimeout as sleep } from "node:timers/promises";
import { RegionError, type Step, type StreamState } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { apiErrorCodes, toStoreError } from "../broker-errors.ts";
import { contested } from "./stream-role.ts";
import { findStreamState } from "./survey-region.ts";

const pollMs = 10;
/** Between two looks at the origin. */
const lookAtOriginEachMs = 500;
/** Appends that were on their way when a stream was fenced are stored within this. */
const settleMs = 20;

/**
 * Waits until a copy has what its origin had at the beginning.
 *
 * @throws RegionError REGION_COPY_BEHIND after `withinMs`, REGION_COPY_HOLED when the copy has left events out,
 *   REGION_CONTESTED when another operator has made something else of the copy or of its origin
 * @throws StoreError
 */
export async function untilComplete(
  from: Broker,
  to: Broker,
  step: Extract<Step, { do: "complete" }>,
  stream: string,
): Promise<void> {
  let wanted = await lastMessage(from, stream);
  let lookAtMs = performance.now() + lookAtOriginEachMs;
  for (const endMs = performance.now() + step.withinMs; ; await sleep(pollMs)) {
    const found = await expectedState(to, stream);
    assertFollows(found, to, step.from);
    const { role, lastSequence, holes = 0 } = found;
    // One that has just been made may be as long as an empty origin, and not be fed yet.
    const isFed = role.kind !== "copy" || role.ageMs !== null;
    const isHoled = holes > 0 && holes > ((await expectedState(from, stream)).holes ?? 0);
    if (isFed && lastSequence >= wanted && !isHoled) return;
    // What a copy has left out does not come any more.
    if (isHoled || performance.now() >= endMs) {
      throw new RegionError(
        isHoled ? "REGION_COPY_HOLED" : "REGION_COPY_BEHIND",
        `${stream} at ${step.to} is at ${lastSequence} of ${wanted}, and lacks ${holes} before`,
      );
    }
    if (performance.now() < lookAtMs) continue;
    await assertOrigin(from, stream);
    // What has elapsed at the origin meanwhile does not come any more.
    wanted = Math.min(wanted, await lastMessage(from, stream));
    lookAtMs = performance.now() + lookAtOriginEachMs;
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
