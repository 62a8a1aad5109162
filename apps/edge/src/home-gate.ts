import type { SiteUrl } from "@p4/config";
import { problem, type HttpRequest, type HttpResponse, type UpgradeRefusal } from "@p4/http";
import type { HomeState, HomeWatch } from "@p4/nats";
import { closeReason, homeElsewhere } from "@p4/protocol";
import { joinErrors } from "./errors.ts";
import { joinRefusal } from "./join-refusal.ts";

export interface HomeGateOptions {
  readonly home: Pick<HomeWatch, "state" | "site" | "trouble" | "onChange">;
  /** Where wallets reach the sites. */
  readonly siteUrls: readonly SiteUrl[];
  /** This server is closed: another one of the same node takes its place, or none. */
  readonly closing: AbortSignal;
  /** What holds before the broker has said where the home is. */
  readonly atFirst: "here" | "moving";
  /** How long a join waits for the end of a move. */
  readonly holdMs?: number;
}

type Asked = Pick<HttpRequest, "path" | "query">;

const longestHoldMs = 2_000;

/** What a node says to wallets while its site is not the home of the region. */
export class HomeGate {
  readonly #options: HomeGateOptions;

  constructor(options: HomeGateOptions) {
    this.#options = options;
  }

  /** Null: the home is here, or nothing else is known. Otherwise why wallets of this node go on elsewhere, for the close. */
  get closeReason(): string | null {
    const url = this.#urlOf(this.#options.home.state);
    return url === null ? null : closeReason(homeElsewhere, socketUrl(url));
  }

  /** A request that another site answers; null: there is none, or its address is not known. */
  redirect(request: Asked): HttpResponse | null {
    const url = this.#urlOf(this.#options.home.state);
    if (url === null) return null;
    const { status, code, title = "", detail } = elsewhere(url);
    return problem(status, { code, title, detail }, { location: addressOf(url, request) });
  }

  /** Wallets may come in, so far as is known at this moment. */
  get isHere(): boolean {
    const { home, atFirst } = this.#options;
    return (home.state?.kind ?? atFirst) === "here";
  }

  /** Null: come in. While the home moves a join waits for what comes of it. */
  async turnAway(request: Asked & Pick<HttpRequest, "signal">): Promise<UpgradeRefusal | null> {
    const { home, closing, atFirst, holdMs = longestHoldMs } = this.#options;
    if (this.isHere) return null;
    const isOver = AbortSignal.any([AbortSignal.timeout(holdMs), closing, request.signal]);
    while (!isOver.aborted && (home.state?.kind ?? atFirst) === "moving") await changeOf(home, isOver);
    if (this.isHere) return null;
    const url = this.#urlOf(home.state);
    return url === null ? joinRefusal("EDGE_UNREADY", home.trouble ?? undefined) : refusalTo(url, request);
  }

  /** For a join that an append has found no home for: the watch will hear of it in a moment. */
  async afterMove(request: Asked & Pick<HttpRequest, "signal">): Promise<UpgradeRefusal> {
    const { home, closing, holdMs = longestHoldMs } = this.#options;
    if (home.state?.kind === "here") {
      await changeOf(home, AbortSignal.any([AbortSignal.timeout(holdMs), closing, request.signal]));
    }
    return (await this.turnAway(request)) ?? joinRefusal("EDGE_UNREADY", "the home has been moved");
  }

  /** For a server that never lets anyone in: the same, and the node itself once it is about to serve. */
  async sendOn(request: Asked & Pick<HttpRequest, "signal">): Promise<UpgradeRefusal> {
    const refusal = await this.turnAway(request);
    if (refusal !== null) return refusal;
    const { home, closing, siteUrls, holdMs = longestHoldMs } = this.#options;
    await changeOf(home, AbortSignal.any([AbortSignal.timeout(holdMs), closing, request.signal]));
    const own = siteUrls.find(({ site }) => site === home.site);
    return own === undefined ? joinRefusal("EDGE_UNREADY", "this node begins to serve") : refusalTo(own.url, request);
  }

  #urlOf(state: HomeState | null): string | null {
    if (state?.kind !== "away") return null;
    return this.#options.siteUrls.find(({ site }) => site === state.site)?.url ?? null;
  }
}

function changeOf(home: Pick<HomeWatch, "onChange">, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stop = home.onChange(done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

/** The detail is the address alone: a wallet goes on there. */
function elsewhere(url: string): UpgradeRefusal {
  const { status, title } = joinErrors[homeElsewhere];
  return { status, code: homeElsewhere, title, detail: socketUrl(url) };
}

function refusalTo(url: string, request: Asked): UpgradeRefusal {
  return { ...elsewhere(url), headers: { location: addressOf(socketUrl(url), request) } };
}

const socketUrl = (url: string): string => url.replace(/^http/, "ws");

function addressOf(url: string, { path, query }: Asked): string {
  const text = query.toString();
  return `${url}${path}${text === "" ? "" : `?${text}`}`;
}
