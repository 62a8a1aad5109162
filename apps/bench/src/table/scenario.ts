import type { Figures } from "./figures.ts";
import type { Spreads } from "./figures.ts";
import type { Stage } from "./stage.ts";

/** One row of the table: a kind of load, and what is put under it in turns. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is counted. */
  readonly unit: "message" | "payment" | "join" | "proof" | "append" | "channel" | "socket";
  /** Where one measurement is enough, for it starts from nothing: no warm-up and no further rounds. */
  readonly once?: true;
  /** Brings up what is compared; the first is what the others are compared with. The stage takes it down again. */
  contenders(stage: Stage): Promise<readonly Contender[]>;
}

export interface Contender {
  readonly name: string;
  readonly versions?: string;
  /** @param round begins the ids of this measurement's channels: no two share one */
  measure(round: string): Promise<Figures>;
}

/** A contender's line: medians over the rounds, with the lowest and the highest. */
export interface Row {
  readonly subject: string;
  readonly versions?: string;
  readonly figures: Spreads;
}

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
  /** What is not on this machine, and why. */
  readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
}
