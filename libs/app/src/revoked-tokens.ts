import { decodeDocument, encodeDocument, isStoreError, type DocumentStore } from "@p4/event-store";

/** A join token that counts no more. */
export interface RevokedToken {
  /** Of its text: see `tokenIdOf`. */
  readonly tokenId: string;
  readonly channelId: string;
  readonly role: string;
  /** Unix time in ms; null: the token never ends, and its record stays. */
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number;
}

const lookEveryMs = 1_000;

/** Writes the revocation down, and takes away the records of tokens that have ended meanwhile. Rejects with a StoreError. */
export async function revokeToken(documents: DocumentStore, token: RevokedToken): Promise<void> {
  await documents.set(token.tokenId, encodeDocument(token));
  for await (const document of documents.entries()) {
    const { expiresAtMs } = decodeDocument<RevokedToken>(document);
    if (expiresAtMs !== null && expiresAtMs < token.revokedAtMs) await documents.delete(document.key);
  }
}

/** The revoked tokens as a node knows them: read at the start, and looked for every second. */
export class RevokedTokens {
  readonly #documents: DocumentStore;
  readonly #onError: (error: unknown) => void;
  readonly #ends = new Map<string, number | null>();
  #revision = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;

  private constructor(documents: DocumentStore, onError: (error: unknown) => void) {
    this.#documents = documents;
    this.#onError = onError;
  }

  /** Rejects with a StoreError: a node that does not know them must not let anyone in. */
  static async follow(documents: DocumentStore, onError: (error: unknown) => void): Promise<RevokedTokens> {
    const revoked = new RevokedTokens(documents, onError);
    await revoked.#look();
    revoked.#timer = setInterval(() => void revoked.look(), lookEveryMs).unref();
    return revoked;
  }

  has(tokenId: string): boolean {
    return this.#ends.has(tokenId);
  }

  /** Asks for what is new. A broker that is away is asked again with the next look. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => {
        if (!isStoreError(error, "STORE_UNAVAILABLE")) this.#onError(error);
      })
      .finally(() => (this.#looking = null));
    return this.#looking;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for await (const document of this.#documents.entries("", { afterRevision: this.#revision })) {
      this.#revision = document.revision;
      this.#ends.set(document.key, decodeDocument<RevokedToken>(document).expiresAtMs);
    }
    const nowMs = Date.now();
    // Whose time is over is refused for that.
    for (const [key, endMs] of this.#ends) if (endMs !== null && endMs < nowMs - forgetAfterMs) this.#ends.delete(key);
  }
}

/** More than clocks may differ. */
const forgetAfterMs = 60_000;
