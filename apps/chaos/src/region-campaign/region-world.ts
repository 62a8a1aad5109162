import { Link } from "../system/link.ts";
import { untilAnswering } from "../regions/move-region.ts";
import type { Site, Sites } from "../regions/start-sites.ts";
import type { Interference, Relief } from "./interference.ts";
import type { ReachChange } from "./reach.ts";

/** The sites of a campaign, and what can be done to one as a whole. */
export class RegionWorld {
  readonly sites: readonly Site[];
  readonly interference: Interference;
  readonly #operatorLinks = new Map<string, Link>();
  readonly #changes: ReachChange[];

  private constructor({ all }: Sites, interference: Interference, changes: ReachChange[]) {
    this.sites = all;
    this.interference = interference;
    this.#changes = changes;
  }

  static async open(sites: Sites, interference: Interference, changes: ReachChange[]): Promise<RegionWorld> {
    const world = new RegionWorld(sites, interference, changes);
    for (const { name, server } of sites.all) world.#operatorLinks.set(name, await Link.open(server.port));
    return world;
  }

  /** As `P4_SITES` has them, for an operator whom a cut keeps from a site too. */
  get operatorSites(): string {
    return [...this.#operatorLinks].map(([name, { port }]) => `${name}=nats://127.0.0.1:${String(port)}`).join(";");
  }

  site(name: string): Site {
    const found = this.sites.find((site) => site.name === name);
    if (found === undefined) throw new Error(`no site is named ${name}`);
    return found;
  }

  /** SIGKILL to everything there. */
  async kill(name: string): Promise<void> {
    const { server, edge, expiry, guard } = this.site(name);
    await Promise.all([server.kill(), edge.kill(), expiry.kill(), guard?.kill()]);
    this.#note(name, false);
  }

  /** With their guards, as what starts them does. Resolves when the servers answer. */
  async startServers(name: string): Promise<void> {
    const site = this.site(name);
    this.#note(name, true);
    await site.server.restart();
    await site.guard?.start();
    await untilAnswering(site);
  }

  async startNodes(name: string): Promise<void> {
    const { edge, expiry } = this.site(name);
    await Promise.all([edge.start(), expiry.start()]);
  }

  /** Whatever a move that was broken off has left behind. */
  async startAll(): Promise<void> {
    for (const { name, server } of this.sites) {
      if (!server.isRunning) await this.startServers(name);
      await this.startNodes(name);
    }
  }

  /** From the other sites and from operators; its own nodes and their wallets notice nothing of it. */
  cut(name: string): Relief {
    this.#operatorLinks.get(name)?.sever();
    const relieve = this.interference.beginAt(name, () => ({ severed: ["there", "back"] }));
    return () => {
      relieve();
      this.#operatorLinks.get(name)?.heal();
    };
  }

  close(): void {
    for (const link of this.#operatorLinks.values()) link.close();
  }

  #note(site: string, isUp: boolean): void {
    this.#changes.push({ atMs: Date.now(), isUp, of: { site } });
  }
}
