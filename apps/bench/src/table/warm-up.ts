import { conversations, payments, type Load } from "./loads.ts";
import type { Subject } from "./subjects.ts";

/** Some twelve thousand messages and six hundred joins: from then on the engine's compilers leave a server alone. */
const loads: readonly Load[] = [...Array.from({ length: 6 }, () => conversations(32, 60)), payments(300, 16)];

/**
 * A server in the field has run for hours. One that has just started is interpreted first and compiled then, and takes two to three
 * times as long for a message: the more code it has, the longer. So all servers of a run have done the same before they count.
 */
export async function warmUp(subject: Subject, onProgress: (text: string) => void): Promise<void> {
  onProgress(`warming up ${subject.name}`);
  for (const [index, load] of loads.entries()) {
    await load({ subject, prefix: `warm-${String(index)}-` }, (work) => work(() => undefined));
  }
}
