import { checkTitles, type CheckStatus, type EvidenceCheck } from "../report.ts";
import { escapeHtml, sentenceText } from "./escape.ts";

const groups: readonly {
  readonly status: CheckStatus;
  readonly id: string;
  readonly title: string;
  readonly mark: string;
}[] = [
  { status: "failed", id: "failed", title: "What is wrong", mark: "✗" },
  { status: "ok", id: "proved", title: "What is proved", mark: "✓" },
  { status: "not-proved", id: "not-proved", title: "What is not proved", mark: "?" },
];

/** The checks, what is wrong first. A group without a check is left out. */
export function findingsSections(checks: readonly EvidenceCheck[]): string {
  return groups
    .map(({ status, id, title, mark }) => {
      const found = checks.filter((check) => check.status === status);
      if (found.length === 0) return "";
      const items = found.map((check) => findingItem(check, mark)).join("\n");
      return `<section class="findings ${id}" aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n<ul>\n${items}\n</ul>\n</section>`;
    })
    .join("\n");
}

function findingItem({ code, statement, line, part }: EvidenceCheck, mark: string): string {
  const place = line === null ? "" : ` <span class="place">${escapeHtml(part ?? "")}, line ${line}</span>`;
  return `<li><span class="mark" aria-hidden="true">${mark}</span><div><strong>${checkTitles[code]}</strong>${place}<p>${sentenceText(statement)}</p></div></li>`;
}
