import { copyClassMeanings, copyClassText } from "../copy-classes.ts";
import type { EvidenceFile } from "../evidence-file.ts";
import { notProved, type EvidenceCheck } from "../report.ts";
import { checkEach, eventsOf, type RecordedEvent } from "./recorded-event.ts";

/** What no such file can prove, said with the places where it matters. */
export function limitsOfProof(file: EvidenceFile, events: readonly RecordedEvent[]): readonly EvidenceCheck[] {
  const { durability } = file.header.value;
  const verdicts = eventsOf(events, "PaymentAccepted", "PaymentRefused", "PaymentFailed");
  return [
    ...checkEach("WALLETS", verdicts, (recorded) => {
      const { message, from } = recorded.event.data;
      const claimed = from.explicit ? "had claimed the role of merchant when it joined" : "spoke as merchant";
      const statement = `That the merchant's wallet itself sent this ${message.key} is not proved: wallets do not sign. It came on the connection ${from.connectionId}, which ${claimed}.`;
      return [notProved("WALLETS", statement, recorded)];
    }),
    notProved(
      "WALLETS",
      "Who the people behind the connections were is not proved: the file knows connections and roles.",
    ),
    notProved("DURABILITY", durabilityText(durability)),
    ...copiesNotProved(events),
  ];
}

/** Each event states its own class, and is signed with it. A deployment of one site states none. */
function copiesNotProved(events: readonly RecordedEvent[]): EvidenceCheck[] {
  const classes = copyClassText(events);
  if (classes === null) return [];
  const statement = `The operator states that events were stored with the copy class ${classes}; a file cannot prove that.`;
  return [notProved("COPIES", [statement, ...copyClassMeanings(events)].join(" "))];
}

function durabilityText(durability: string): string {
  return durability === "unknown"
    ? "What an acknowledgement promised about power failures is not known: the operator did not state a durability class."
    : `The operator states that events were stored with the durability class "${durability}"; a file cannot prove that.`;
}
