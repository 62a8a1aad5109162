import {
  checkTitles,
  type CheckStatus,
  type EvidenceCheck,
  type EvidenceReport,
  type EvidenceVerdict,
} from "@p4/evidence";
import { visibleText } from "@p4/protocol";
import type { VNode } from "preact";
import { Moment } from "../../src/moment.tsx";

const verdicts: Readonly<Record<EvidenceVerdict, { tone: string; headline: string; detail: string }>> = {
  holds: {
    tone: "good",
    headline: "This evidence holds.",
    detail: "No check failed, and the key that you named signed it. What it does not prove is listed below.",
  },
  "unknown-key": {
    tone: "warn",
    headline: "Nothing is wrong with the file, but whose key signed it is not known.",
    detail:
      "Any key can sign any history. Enter the operator's public key, as you know it from elsewhere, and verify again.",
  },
  fails: {
    tone: "bad",
    headline: "This evidence does not hold.",
    detail: "The checks that failed are listed first. Do not rely on what the file says.",
  },
};

/** What the verification found, in plain words. */
export function ReportView({ name, report }: { readonly name: string; readonly report: EvidenceReport }): VNode {
  const { tone, headline, detail } = verdicts[report.verdict];
  return (
    <>
      <p class={`notice verdict ${tone}`} role="status">
        <strong>{headline}</strong> {detail}
      </p>
      <Facts name={name} report={report} />
      <Checks title="What is wrong" status="failed" checks={report.checks} />
      <Checks title="What is proved" status="ok" checks={report.checks} />
      <Checks title="What is not proved" status="not-proved" checks={report.checks} />
      {report.verdict !== "fails" && <TimelineTable report={report} />}
    </>
  );
}

function Facts({
  name,
  report: { file, fileSha256 },
}: {
  readonly name: string;
  readonly report: EvidenceReport;
}): VNode {
  return (
    <section class="card" aria-label="The file">
      <dl class="facts">
        <Fact name="File" value={visibleText(name)} />
        <Fact name="SHA-256" value={fileSha256} mono />
        {file !== null && (
          <>
            <Fact name="Channel" value={visibleText(file.header.value.channelId)} mono />
            <Fact name="State" value={file.manifest.value.state} />
            <Fact name="Signed by" value={file.signature.value.publicKey} mono />
          </>
        )}
      </dl>
    </section>
  );
}

function Fact({
  name,
  value,
  mono = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly mono?: boolean;
}): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={mono ? "mono" : undefined}>{value}</dd>
    </div>
  );
}

const marks: Readonly<Record<CheckStatus, string>> = { ok: "✓", failed: "✕", "not-proved": "–" };

interface ChecksProps {
  readonly title: string;
  readonly status: CheckStatus;
  readonly checks: readonly EvidenceCheck[];
}

function Checks({ title, status, checks }: ChecksProps): VNode | null {
  const shown = checks.filter((check) => check.status === status);
  if (shown.length === 0) return null;
  return (
    <section class="card stack" aria-label={title}>
      <h2>{title}</h2>
      <ul class="checks">
        {shown.map(({ code, statement, line, part }) => (
          <li class={status}>
            <span class="mark" aria-hidden="true">
              {marks[status]}
            </span>
            <div>
              <strong>{checkTitles[code]}</strong>
              {line !== null && (
                <span class="quiet small">
                  {" "}
                  line {line}
                  {part !== null && `, ${visibleText(part)}`}
                </span>
              )}
              <p>{visibleText(statement)}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function TimelineTable({ report: { timeline } }: { readonly report: EvidenceReport }): VNode | null {
  if (timeline.length === 0) return null;
  return (
    <section class="card stack" aria-label="What happened">
      <h2>What happened</h2>
      <div class="table" tabIndex={0} role="region" aria-label="Timeline">
        <table>
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Time</th>
              <th scope="col">From</th>
              <th scope="col">Message</th>
              <th scope="col">State after it</th>
            </tr>
          </thead>
          <tbody>
            {timeline.map(({ streamVersion, atMs, from, what, after, detail }) => (
              <tr>
                <td class="number">{streamVersion}</td>
                <td>
                  <Moment atMs={atMs} />
                </td>
                <td>{from}</td>
                <td class="wrap">
                  {visibleText(what)}
                  {detail !== "" && <p class="quiet small">{visibleText(detail)}</p>}
                </td>
                <td>{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
