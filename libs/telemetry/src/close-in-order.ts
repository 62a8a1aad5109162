/**
 * Runs the steps of a close one after the other. One that fails keeps none of the later ones from running; the first failure
 * is thrown at the end.
 */
export async function closeInOrder(...steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
