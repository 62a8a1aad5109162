import type { AttackName } from "./attacks.ts";

/** `strangers` clients at a time repeat this attack, with a pause in between. */
export interface AttackPlan {
  readonly attack: AttackName;
  readonly strangers: number;
  /** Between one stranger's leaving and the next one's coming, ms. */
  readonly pauseMs: readonly [least: number, most: number];
}

export interface StrangersSettings {
  readonly seed: number;
  readonly host: string;
  readonly port: number;
  readonly plan: readonly AttackPlan[];
  /** Addresses of loopback that they come from. */
  readonly addresses: number;
  /** What all of them together may write of large messages: the disk is not what is tested. */
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
}

/** From the parent: no new stranger comes; running ones end. */
export interface StopStrangers {
  readonly type: "stop";
}

export interface FromStrangers {
  readonly type: "progress" | "done";
  /** Rounds that ended, by attack. */
  readonly rounds: Readonly<Record<string, number>>;
  /** What strangers managed that they must not, and how often. */
  readonly successes: Readonly<Record<string, number>>;
  /** Of large messages. */
  readonly bytesWritten: number;
  /** How late this process was, 99th percentile. */
  readonly loopP99Ms: number;
}
