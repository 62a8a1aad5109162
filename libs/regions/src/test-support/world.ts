import { RegionError } from "../region-error.ts";
import { compareRows, sameRow, type RegionRow } from "../region-row.ts";
import {
  forksOf,
  type Fork,
  type RegionState,
  type SiteState,
  type StreamRole,
  type StreamState,
} from "../region-state.ts";
import type { Step } from "../step.ts";

interface Stream {
  role: StreamRole;
  events: string[];
  holes?: number;
  inheritedHoles?: number;
}

/** Sites as their brokers would be after each step, with the events of each stream by name. */
export class World {
  readonly region = "eu";
  readonly sites = new Map<string, { answers: boolean; row: RegionRow | null; streams: Map<string, Stream> }>();
  readonly exported: string[] = [];

  constructor(...sites: readonly string[]) {
    for (const site of sites) this.sites.set(site, { answers: true, row: null, streams: new Map() });
  }

  /** A deployment of one site, with its first events. */
  fill(site: string, streams: readonly string[]): this {
    for (const name of streams) this.at(site).streams.set(name, { role: { kind: "plain" }, events: ["1", "2"] });
    return this;
  }

  at(site: string) {
    const found = this.sites.get(site);
    if (found === undefined) throw new Error(`no site ${site}`);
    return found;
  }

  events(site: string, stream: string): readonly string[] {
    return this.stream(site, stream).events;
  }

  stream(site: string, name: string): Stream {
    const found = this.at(site).streams.get(name);
    if (found === undefined) throw new Error(`no stream ${name} at ${site}`);
    return found;
  }

  /** Whether a writer of this epoch at this site is acknowledged; copies that hear of it follow. */
  write(site: string, stream: string, epoch: number, event: string, copiesHear = true): boolean {
    const found = this.at(site).streams.get(stream);
    if (found === undefined) return false;
    const { role, events } = found;
    if (role.kind !== "home" || role.epoch !== epoch) return false;
    events.push(event);
    if (copiesHear) this.follow();
    return true;
  }

  follow(): void {
    for (const { streams } of this.sites.values()) {
      for (const [name, copy] of streams) {
        if (copy.role.kind !== "copy") continue;
        const origin = this.at(copy.role.of).streams.get(name);
        if (origin !== undefined && this.at(copy.role.of).answers && origin.events.length > copy.events.length)
          copy.events = [...origin.events];
      }
    }
  }

  get state(): RegionState {
    const sites = [...this.sites].map(([site, { answers, row, streams }]): SiteState => {
      if (!answers) return { site, answers, row: null, streams: [] };
      const states = [...streams].map(([stream, { role, events, ...counts }]): StreamState => ({
        stream,
        role,
        lastSequence: events.length,
        ...counts,
      }));
      return { site, answers, row, streams: states };
    });
    return { region: this.region, sites };
  }

  /** A step in its smallest parts, in order: a crash may come between any two. */
  static parts(steps: readonly Step[]): Step[] {
    return steps.flatMap((step): Step[] => {
      if (step.do === "table") return step.sites.map((site) => ({ ...step, sites: [site], needed: 1 }));
      if (step.do === "export") return step.tails.map((tail) => ({ ...step, tails: [tail] }));
      if (step.do === "outwait" || step.do === "complete") return [step];
      return step.streams.map((stream) => ({ ...step, streams: [stream] }));
    });
  }

  apply(step: Step): void {
    switch (step.do) {
      case "adopt":
      case "fence":
      case "promote":
        for (const name of step.streams) {
          change(step, this.stream(step.site, name));
        }
        return;
      case "copy":
        for (const name of step.streams) this.#copy(step.from, step.to, name);
        return this.follow();
      case "complete":
        return this.follow();
      case "table":
        for (const site of step.sites) this.#write(site, step.row);
        return;
      case "export":
        for (const { stream, afterSequence } of step.tails)
          this.exported.push(...this.events(step.site, stream).slice(afterSequence));
        return;
      case "drop":
        for (const name of step.streams) this.at(step.site).streams.delete(name);
        return;
      case "outwait":
        return;
    }
  }

  /** As the tables of sites do: over a row that is lower. */
  #write(site: string, row: RegionRow): void {
    const held = this.at(site).row;
    if (held !== null && !sameRow(held, row) && compareRows(held, row) >= 0) {
      throw new RegionError("REGION_CONTESTED", site);
    }
    this.at(site).row = row;
  }

  #copy(from: string, to: string, name: string): void {
    const { role } = this.stream(from, name);
    if (this.at(to).streams.has(name)) return;
    const epoch = role.kind === "home" ? role.epoch : 0;
    const copy: StreamRole = { kind: "copy", of: from, epoch, ageMs: 100, forks: forksOf(role) };
    const { role: _role, events: _events, ...counts } = this.stream(from, name);
    this.at(to).streams.set(name, { role: copy, events: [], ...counts });
  }
}

function change(step: Extract<Step, { do: "adopt" | "fence" | "promote" }>, stream: Stream): void {
  stream.role = roleAfter(step, stream);
  if (step.do === "promote" && stream.holes !== undefined) stream.inheritedHoles = stream.holes;
}

function roleAfter(step: Extract<Step, { do: "adopt" | "fence" | "promote" }>, { role, events }: Stream): StreamRole {
  if (step.do === "adopt") return { kind: "home", epoch: 1, forks: [] };
  if (step.do === "fence") return role.kind === "home" ? { ...role, kind: "fenced", by: step.by } : role;
  const fork: Fork[] = role.kind === "copy" ? [{ epoch: step.epoch, sequence: events.length }] : [];
  return { kind: "home", epoch: step.epoch, forks: [...forksOf(role), ...fork] };
}
