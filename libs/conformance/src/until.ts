/** Asks until the answer is not undefined, every few milliseconds; undefined when the time is over. */
export async function until<Answer>(ask: () => Answer | undefined, waitMs: number): Promise<Answer | undefined> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined || performance.now() >= deadlineMs) return answer;
    await pauseMs(pollMs);
  }
}

export function pauseMs(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const pollMs = 2;
