/** How many use each channel in some way. */
export class CountedUse {
  readonly #counts = new Map<string, number>();

  of(channelId: string): number {
    return this.#counts.get(channelId) ?? 0;
  }

  /** Counts one until the returned function is called. */
  begin(channelId: string): () => void {
    this.#counts.set(channelId, this.of(channelId) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = this.of(channelId) - 1;
      if (left === 0) this.#counts.delete(channelId);
      else this.#counts.set(channelId, left);
    };
  }
}
