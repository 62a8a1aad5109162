import { setTimeout as delay } from "node:timers/promises";
import { currentRow, type RegionRow, type RegionState, type SiteState } from "@p4/regions";
import { region } from "../regions/move-region.ts";
import type { KillPlan, Operator } from "./operator.ts";
import type { RegionWatch } from "./watch-region.ts";

export interface RunbookOptions {
  readonly operator: Operator;
  readonly watch: Pick<RegionWatch, "look">;
  readonly signal: AbortSignal;
  /** How long a command is repeated that may go through later. */
  readonly withinMs?: number;
}

const againMs = 500;
const defaultWithinMs = 90_000;

/** What operators do, by the commands of docs/regions.md alone, and again until it is done. */
export class Runbook {
  readonly #options: RunbookOptions;

  constructor(options: RunbookOptions) {
    this.#options = options;
  }

  /** Gives the home to `to`, or to the other copy when that has more. Resolves when one of them is the home. */
  async failOver(lost: string, to: string, other: string, kill?: KillPlan): Promise<void> {
    let target = to;
    let killing = kill;
    const refused = new Set<string>();
    await this.#untilDone(`failover of ${lost}`, async () => {
      const row = currentRow((await this.#look()).sites.map((site) => site.row));
      // Another operator may have been first.
      const isDecided = row !== null && row.home !== lost;
      if (isDecided) target = row.home;
      // No copy is whole.
      const acceptsLoss = refused.size === 2 || (isDecided && refused.has(target));
      const accepted = acceptsLoss ? ["--accept-loss"] : [];
      const { outcome } = await this.run(["failover", "--to", target, "--lost", lost, ...accepted], killing);
      killing = undefined;
      if (outcome === "REGION_COPY_BEHIND" || outcome === "REGION_WOULD_LOSE") {
        refused.add(target);
        target = target === to ? other : to;
      }
      return outcome === "done" || outcome === "REGION_IS_HOME";
    });
  }

  /** Planned: to a copy. Given up, and taken back, when it cannot be done. */
  async switchTo(to: string, kill?: KillPlan): Promise<void> {
    let killing = kill;
    await this.#untilDone(`switch to ${to}`, async () => {
      const { outcome } = await this.run(["switch", "--to", to], killing);
      killing = undefined;
      // A copy with holes has to be recreated first.
      if (outcome === "REGION_COPY_BEHIND" || outcome === "REGION_COPY_HOLED") await this.#mend(await this.#look());
      return outcome === "done" || outcome === "REGION_IS_HOME";
    }).catch(() => this.settle());
  }

  async takeBack(site: string, kill?: KillPlan): Promise<void> {
    let killing = kill;
    await this.#untilDone(`return of ${site}`, async () => {
      const { outcome } = await this.run(["return", site], killing);
      killing = undefined;
      return outcome === "done" || outcome === "REGION_IS_HOME";
    });
  }

  /** Until the region is whole: one home at work, and complete copies at all other sites. Throws with what is in the way. */
  async settle(): Promise<void> {
    let troubles: readonly string[] = [];
    await this.#untilDone("the region", async () => {
      const state = await this.#look();
      troubles = troublesOf(state);
      if (troubles.length > 0) await this.#mend(state);
      return troubles.length === 0;
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}: ${troubles.join("; ")}`);
    });
  }

  run([verb = "", ...rest]: readonly string[], kill?: KillPlan): ReturnType<Operator["run"]> {
    return this.#options.operator.run([verb, region, ...rest], kill);
  }

  async #look(): Promise<RegionState> {
    this.#options.signal.throwIfAborted();
    return this.#options.watch.look();
  }

  async #mend({ sites }: RegionState): Promise<void> {
    const row = currentRow(sites.map((site) => site.row));
    const home = sites.find(({ site }) => site === row?.home);
    if (row === null || home === undefined || !home.answers) return;
    if (!isAtWork(home, row)) {
      const waiting = home.streams.map(({ role }) => role).find((role) => role.kind === "copy");
      const { outcome } = await this.run(["switch", "--to", home.site]);
      if (outcome === "done" || waiting === undefined) return;
      await this.run(["failover", "--to", home.site, "--lost", waiting.of, "--fence-reachable", "--accept-loss"]);
      return;
    }
    for (const site of sites) {
      if (site.site !== home.site && site.answers && !isCopy(site, row)) await this.run(["return", site.site]);
    }
  }

  async #untilDone(what: string, once: () => Promise<boolean>): Promise<void> {
    const { signal, withinMs = defaultWithinMs } = this.#options;
    for (const endMs = performance.now() + withinMs; !(await once()); await delay(againMs, undefined, { signal })) {
      if (performance.now() > endMs) throw new Error(`${what} was not done within ${String(withinMs)} ms`);
    }
  }
}

const isAtWork = ({ streams }: SiteState, { epoch }: RegionRow): boolean =>
  streams.length > 0 && streams.every(({ role }) => role.kind === "home" && role.epoch === epoch);

const isCopy = ({ site, streams }: SiteState, { home, copies }: RegionRow): boolean =>
  copies.includes(site) &&
  streams.length > 0 &&
  streams.every(({ role, holes = 0 }) => role.kind === "copy" && role.of === home && holes === 0);

/** What an operator would see of a region that is not whole. Pure. */
export function troublesOf({ sites }: RegionState): string[] {
  const row = currentRow(sites.map((site) => site.row));
  if (row === null) return ["the sites do not agree on a home"];
  return sites.flatMap((site): string[] => {
    if (!site.answers) return [`${site.site} does not answer`];
    if (site.site === row.home) return isAtWork(site, row) ? [] : [`${site.site} is the home, and not at work`];
    return isCopy(site, row) ? [] : [`${site.site} is no complete copy of ${row.home}`];
  });
}
