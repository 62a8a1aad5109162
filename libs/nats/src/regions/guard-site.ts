import { setTimeout as sleep } from "node:timers/promises";
import { gateVerdict, isRegionError, RegionError, type GateVerdict } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { listeningEpoch } from "./listening-epoch.ts";
import { readGate, type GateState } from "./read-gate.ts";
import type { ServerGate } from "./server-gate.ts";
import { watchLease } from "./watch-lease.ts";

export interface GuardedState extends GateVerdict {
  /** For how long most of the sites confirm the epoch; null: nothing is asked of them. */
  readonly leaseLeftMs: number | null;
}

export interface GuardOptions {
  /** To the guarded server, and to no other one, with a login that the gate holds back. */
  readonly broker: Broker;
  readonly region: string;
  /** Names of all sites of the deployment, witnesses included. */
  readonly sites: readonly string[];
  readonly gate: Pick<ServerGate, "write" | "reload">;
  /** An operator vouches that the other site of two has not taken over. */
  readonly alone?: boolean;
  /** Hears of each change: of the gate, or of why it is as it is. */
  readonly onChange: (state: GuardedState) => void;
}

const lookEachMs = 200;
const answerWithinMs = 500;
const reloadWithinMs = 2_000;
const [firstPollMs, longestPollMs] = [10, 100];
/** The server logs each question at a shut gate. */
const askShutEachMs = 10_000;
/** Before a gate that did not open is tried again. */
const tryAgainMs = 5_000;

/**
 * Keeps the gate of one server: shut at first, open while `gateVerdict` says so. Resolves when the signal is aborted and the
 * gate is shut; with `once` after the first verdict is carried out, which then stays.
 *
 * @throws RegionError REGION_UNKNOWN_SITE, REGION_GATE_STUCK when the gate does not shut, or not for this login
 */
export async function guardSite(
  { broker, region, sites, gate, alone = false, onChange }: GuardOptions,
  { signal, once = false }: { readonly signal: AbortSignal; readonly once?: boolean },
): Promise<GuardedState> {
  const leases = watchLease(broker, { region, sites });
  const server = new Gatekeeper(broker, region, gate);
  let serverId: string | null = null;
  let listening: number | null | undefined;
  let isOpen = false;
  let noHomeAtMs: number | null = null;
  let told: GuardedState | null = null;

  const look = async (): Promise<GuardedState> => {
    if (broker.serverId !== serverId) {
      // Started again, by a crash perhaps: nothing of before holds.
      [serverId, listening, isOpen, noHomeAtMs] = [broker.serverId, undefined, false, null];
      server.forget();
    }
    if (broker.ready()) {
      // A broker that does not answer says nothing new.
      const found = await listeningEpoch(broker, region, answerWithinMs).catch(() => undefined);
      if (found !== undefined) listening = found;
    }
    const nowMs = performance.now();
    const { lease } = leases;
    const verdict = gateVerdict({ lease, nowMs, listening, isOpen, noHomeAtMs, alone });
    const state = await server.carryOut(verdict);
    // One that could not be opened has never been open.
    isOpen = verdict.gate === "open" && (isOpen || state.gate === "open");
    if (verdict.epoch === null && verdict.gate === "open") noHomeAtMs = nowMs;
    const hasLease = lease.isOn && verdict.epoch !== null;
    return { ...state, leaseLeftMs: hasLease ? lease.confirmedMs(verdict.epoch, performance.now()) : null };
  };
  const tell = (state: GuardedState): void => {
    if (told?.gate === state.gate && told.why === state.why) return;
    told = state;
    onChange(state);
  };

  try {
    await server.shut();
    await leases.asked;
    for (;;) {
      if (signal.aborted) break;
      const state = await look();
      tell(state);
      if (once) return state;
      await sleep(lookEachMs, undefined, { signal }).catch(() => undefined);
    }
    await server.shut();
    const state: GuardedState = { gate: "shut", epoch: null, why: "the guard has ended", leaseLeftMs: null };
    tell(state);
    return state;
  } finally {
    leases.stop();
  }
}

/** Has a server do what a verdict says, and looks whether it does. */
class Gatekeeper {
  readonly #broker: Broker;
  readonly #region: string;
  readonly #gate: GuardOptions["gate"];
  #seenShutMs = -Infinity;
  #tryAtMs = 0;
  #trouble = "";

  constructor(broker: Broker, region: string, gate: GuardOptions["gate"]) {
    this.#broker = broker;
    this.#region = region;
    this.#gate = gate;
  }

  forget(): void {
    this.#seenShutMs = -Infinity;
  }

  async carryOut(verdict: GateVerdict): Promise<GateVerdict> {
    const nowMs = performance.now();
    if (verdict.gate === "shut" && nowMs - this.#seenShutMs < askShutEachMs) return verdict;
    if (verdict.gate === "open" && nowMs < this.#tryAtMs) return { ...verdict, gate: "shut", why: this.#trouble };
    const found = await this.#ask().catch(() => null);
    if (found === verdict.gate) return verdict;
    if (found === null) {
      // One that is away comes back shut. One that is silent may take writes all the same.
      if (verdict.gate === "shut") await this.#gate.reload().catch(() => undefined);
      return { ...verdict, gate: "shut", why: `${verdict.why}; the broker does not answer` };
    }
    try {
      await (verdict.gate === "open" ? this.#open() : this.shut());
      return verdict;
    } catch (error) {
      if (!isRegionError(error)) throw error;
      this.#trouble = `${verdict.why}; ${error.message}`;
      if (verdict.gate === "open") this.#tryAtMs = performance.now() + tryAgainMs;
      return { ...verdict, gate: found, why: this.#trouble };
    }
  }

  /** On disk and in the server. */
  async shut(): Promise<void> {
    await this.#gate.write("shut");
    if (!this.#broker.ready()) {
      // One that only this connection has lost may take writes all the same.
      await this.#gate.reload().catch(() => undefined);
      return;
    }
    if ((await this.#ask().catch(() => "open")) === "shut") return;
    await this.#gate.reload();
    await this.#until("shut");
  }

  async #open(): Promise<void> {
    try {
      await this.#gate.write("open");
      await this.#gate.reload();
      await this.#until("open");
    } finally {
      await this.#gate.write("shut");
    }
  }

  async #until(wanted: GateState): Promise<void> {
    let pollMs = firstPollMs;
    for (const endMs = performance.now() + reloadWithinMs; ; await sleep(pollMs)) {
      pollMs = Math.min(pollMs * 2, longestPollMs);
      if ((await this.#ask().catch(() => null)) === wanted) return;
      if (performance.now() < endMs) continue;
      const what = wanted === "shut" ? "stays open" : "stays shut";
      throw new RegionError(
        "REGION_GATE_STUCK",
        `${this.#broker.url} ${what} for this login: does its configuration include the gate file, and deny it $P4_FENCED? Its log tells of reloads.`,
      );
    }
  }

  async #ask(): Promise<GateState> {
    const found = await readGate(this.#broker, this.#region, answerWithinMs);
    this.#seenShutMs = found === "shut" ? performance.now() : -Infinity;
    return found;
  }
}
