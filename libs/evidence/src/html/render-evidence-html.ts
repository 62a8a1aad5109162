import { sdkCrypto, type SpvCrypto } from "@p4/spv";
import type { EvidenceReport } from "../report.ts";
import { amountsSection } from "./amounts-section.ts";
import { codeText, escapeHtml } from "./escape.ts";
import { factsSection } from "./facts.ts";
import { findingsSections } from "./findings.ts";
import { partiesSection } from "./parties-section.ts";
import { recordsSection } from "./records-section.ts";
import { pageStyle } from "./style.ts";
import { timelineSection } from "./timeline-section.ts";

// Should a text ever slip through unescaped: nothing may run, nothing may be loaded.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A verified file as one page for people: no script, nothing loaded from elsewhere, prints on A4. Every text of a wallet
 * is escaped. The page is a reading of the file, not evidence itself: it says which file it is about.
 */
export function renderEvidenceHtml(report: EvidenceReport, crypto: SpvCrypto = sdkCrypto): string {
  const { file, timeline } = report;
  const channel = file === null ? "a payment channel" : `payment channel ${file.header.value.channelId}`;
  const title = `Evidence of ${channel}`;
  const sections =
    file === null
      ? [findingsSections(report.checks)]
      : [
          factsSection(file, report),
          findingsSections(report.checks),
          timelineSection(timeline),
          amountsSection(timeline, crypto),
          partiesSection(timeline),
          recordsSection(file, timeline),
        ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${verdictBox(report)}
</header>
<main>
${sections.filter((section) => section !== "").join("\n")}
</main>
<footer>
<p>This page is a reading of the evidence file with the SHA-256 ${escapeHtml(report.fileSha256)}. The file is the evidence: verify it with a program that you trust.</p>
</footer>
</body>
</html>
`;
}

function verdictBox({ verdict, file, checks }: EvidenceReport): string {
  const failures = checks.filter(({ status }) => status === "failed").length;
  const open = checks.filter(({ status }) => status === "not-proved").length;
  if (file === null) {
    return box("bad", "This file is damaged or cannot be read.", "Nothing in it is to be relied upon.");
  }
  if (verdict === "fails") {
    return box("bad", "This evidence does not hold.", `${failures} of ${checks.length} checks failed.`);
  }
  if (verdict === "unknown-key") {
    const key = codeText(file.signature.value.publicKey);
    const what = `Nothing is wrong with the file, but it holds only if ${key} is the operator's key as you know it from elsewhere: any key can sign any history.`;
    return box("open", "A key signed this. Whose it is, is not known here.", what);
  }
  return box("good", "This evidence holds.", `No check failed; ${open} things are not proved, and are listed below.`);
}

function box(kind: "good" | "bad" | "open", headline: string, detail: string): string {
  return `<p class="verdict ${kind}" role="status"><strong>${headline}</strong> ${detail}</p>`;
}
