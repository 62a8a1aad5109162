/** What a token has let in. Null in its place: no token was asked for. */
export interface Grant {
  /** Of its text: see `tokenIdOf`. */
  readonly tokenId: string;
  /** Unix time in ms; null: the token never ends. */
  readonly endsAtMs: number | null;
}

export interface GrantsOptions {
  readonly nowMs: () => number;
  readonly isRevoked: (tokenId: string) => boolean;
}

const lookEveryMs = 100;

/**
 * Ends what tokens have let in, when these end or are revoked. Nothing is sent afterwards, however late the timer runs: who
 * sends asks `endOf` before.
 */
export class Grants {
  readonly #options: GrantsOptions;
  readonly #watched = new Map<object, { readonly grant: Grant; readonly end: (why: string) => void }>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: GrantsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.look(), lookEveryMs).unref();
  }

  /** Null: it stands. Otherwise why it does not. */
  endOf(grant: Grant | null): string | null {
    if (grant === null) return null;
    const { nowMs, isRevoked } = this.#options;
    if (grant.endsAtMs !== null && grant.endsAtMs <= nowMs()) return "the token has ended";
    return isRevoked(grant.tokenId) ? "the token was revoked" : null;
  }

  /** Calls `end` once the grant is over, unless `unwatch` comes first. */
  watch(holder: object, grant: Grant | null, end: (why: string) => void): void {
    if (grant !== null) this.#watched.set(holder, { grant, end });
  }

  unwatch(holder: object): void {
    this.#watched.delete(holder);
  }

  look(): void {
    for (const [holder, { grant, end }] of this.#watched) {
      const why = this.endOf(grant);
      if (why === null) continue;
      this.#watched.delete(holder);
      end(why);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
