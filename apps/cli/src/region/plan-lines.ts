import { classInForce, type RegionRow, type Step } from "@p4/regions";
import { counted, durationText } from "../human.ts";

export function rowText({ epoch, home, copies, joining, class: promised, ...row }: RegionRow): string {
  const force = classInForce({ class: promised, copies });
  const what = force === promised ? promised : `${promised}, in force ${force}`;
  const others = copies.length === 0 ? "no copies" : `copies at ${copies.join(", ")}`;
  const coming = joining.length === 0 ? "" : `, ${joining.join(", ")} to follow`;
  return `${row.region}: home ${home}, epoch ${epoch}, ${others}${coming}, class ${what}`;
}

/** What a step does, as an operator would say it. */
export function stepText(step: Step): string {
  switch (step.do) {
    case "adopt":
      return `give ${counted(step.streams.length, "stream")} at ${step.site} their first epoch; nothing is copied or moved`;
    case "copy":
      return `make copies of ${counted(step.streams.length, "stream")} of ${step.from} at ${step.to}`;
    case "complete":
      return `wait until ${step.to} has what ${step.from} has (at most ${durationText(step.withinMs)})`;
    case "fence":
      return `fence ${counted(step.streams.length, "stream")} at ${step.site}: they take no more writes`;
    case "outwait":
      return `wait ${durationText(step.ms)}, until no writer believes in the epoch before`;
    case "promote":
      return `make ${counted(step.streams.length, "stream")} at ${step.site} the home of epoch ${step.epoch}`;
    case "table":
      return `write "${rowText(step.row)}" at ${step.sites.join(", ")}`;
    case "export": {
      const most = step.tails.reduce((sum, { lastSequence, afterSequence }) => sum + lastSequence - afterSequence, 0);
      return `write down at most ${counted(most, "message")} that only ${step.site} has`;
    }
    case "drop":
      return `delete ${counted(step.streams.length, "stream")} at ${step.site}`;
  }
}
