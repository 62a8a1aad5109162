/** The word with the fewest edits from `text`, if few enough to be a misspelling. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  // A third of the letters wrong is another word, not a slip.
  let fewest = Math.max(2, Math.floor(text.length / 3)) + 1;
  for (const word of words) {
    const edits = distance(text, word);
    if (edits < fewest) [best, fewest] = [word, edits];
  }
  return best;
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
