import type { Link, Passage, Way } from "../system/link.ts";
import type { ReachChange } from "./reach.ts";

/** What one cause does to a link. */
export interface Disturbance {
  readonly link: string;
  readonly severed?: readonly Way[];
  /** Beside the link's own. */
  readonly delayMs?: number;
}

/** Ends the disturbance. */
export type Relief = () => void;

/** Links that several causes disturb at once: each ends by itself, and the link is as before when none is left. */
export class Interference {
  readonly #links: ReadonlyMap<string, Pick<Link, "pass">>;
  readonly #ownDelayMs: number;
  readonly #active = new Set<Disturbance>();
  readonly #changes: ReachChange[];
  readonly #nowMs: () => number;

  constructor(
    links: ReadonlyMap<string, Pick<Link, "pass">>,
    { ownDelayMs, changes, nowMs }: { ownDelayMs: number; changes: ReachChange[]; nowMs: () => number },
  ) {
    this.#links = links;
    this.#ownDelayMs = ownDelayMs;
    this.#changes = changes;
    this.#nowMs = nowMs;
  }

  begin(disturbance: Disturbance): Relief {
    const { link } = disturbance;
    const wasUp = this.#isUp(link);
    this.#active.add(disturbance);
    this.#apply(link);
    if (wasUp && !this.#isUp(link)) this.#note(link, false);
    return () => {
      const wasDown = !this.#isUp(link);
      this.#active.delete(disturbance);
      // Noted before anything passes again, so that the time that is noted is never too long.
      if (wasDown && this.#isUp(link)) this.#note(link, true);
      this.#apply(link);
    };
  }

  /** All links of a site. */
  beginAt(site: string, way: (link: string) => Omit<Disturbance, "link">): Relief {
    const own = [...this.#links.keys()].filter((link) => link.split("-").includes(site));
    const reliefs = own.map((link) => this.begin({ link, ...way(link) }));
    return () => reliefs.forEach((relieve) => relieve());
  }

  #passage(link: string): Passage {
    const own = [...this.#active].filter((each) => each.link === link);
    return {
      severed: [...new Set(own.flatMap(({ severed = [] }) => severed))],
      delayMs: this.#ownDelayMs + Math.max(0, ...own.map(({ delayMs = 0 }) => delayMs)),
    };
  }

  #isUp(link: string): boolean {
    return this.#passage(link).severed.length === 0;
  }

  #apply(link: string): void {
    this.#links.get(link)?.pass(this.#passage(link));
  }

  #note(link: string, isUp: boolean): void {
    const [later = "", earlier = ""] = link.split("-");
    this.#changes.push({ atMs: this.#nowMs(), isUp, of: { link: [later, earlier] } });
  }
}
