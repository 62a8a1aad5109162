import { type Figures, spreadsOf } from "./figures.ts";
import type { Contender, Row, Scenario, ScenarioResult } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** Each contender in turn, so that a noisy moment does not fall on one alone. The first round warms up and is not counted. */
export async function runScenario(scenario: Scenario, stage: Stage, rounds: number): Promise<ScenarioResult> {
  const { name, title, unit, once } = scenario;
  try {
    const contenders = await scenario.contenders(stage);
    const measured = new Map<Contender, Figures[]>(contenders.map((contender) => [contender, []]));
    const [first, last] = once === true ? [1, 1] : [0, rounds];
    for (let round = first; round <= last; round++) {
      for (const contender of contenders) {
        stage.onProgress(`${name}, ${round === 0 ? "warming up" : `round ${String(round)}`}: ${contender.name}`);
        const figures = await contender.measure(`${name}-${String(round)}-`);
        if (round > 0) measured.get(contender)?.push(figures);
      }
    }
    const rows = contenders.map((contender) => rowOf(contender, measured.get(contender) ?? []));
    return { name, title, unit, rows, skipped: stage.takeSkipped() };
  } finally {
    await stage.clear();
  }
}

function rowOf({ name, versions }: Contender, rounds: readonly Figures[]): Row {
  return { subject: name, ...(versions === undefined ? {} : { versions }), figures: spreadsOf(rounds) };
}
