import type { TimelineEntry } from "@p4/channel";
import type { SpvCrypto } from "@p4/spv";
import { groupedDigits, paymentAmounts, termsAmounts, type Amount } from "../amounts.ts";
import { codeText, foreignText } from "./escape.ts";
import { table } from "./table.ts";

/** What terms asked for and what payments made, as far as wallets' vocabularies can be read. */
export function amountsSection(timeline: readonly TimelineEntry[], crypto: SpvCrypto): string {
  const rows = timeline.flatMap(({ event, streamVersion }) => {
    const amounts =
      event.type === "TermsOffered"
        ? termsAmounts(event.data.message)
        : event.type === "PaymentSubmitted"
          ? paymentAmounts(event.data, crypto)
          : null;
    const kind = event.type === "TermsOffered" ? "asked for" : "made";
    return (amounts ?? []).map((amount) => amountRow(streamVersion, kind, amount));
  });
  if (rows.length === 0) return "";
  const columns = [
    { name: "Event", heading: true },
    { name: "Output" },
    { name: "Satoshis" },
    { name: "Called" },
    { name: "Locking script" },
  ];
  return `<section aria-labelledby="amounts">\n<h2 id="amounts">Amounts</h2>\n${table("Outputs that terms asked for and that payments made", columns, rows)}\n</section>`;
}

function amountRow(streamVersion: number, kind: string, { satoshis, description, script }: Amount): string[] {
  const event = `<a href="#event-${streamVersion}">${streamVersion}</a>`;
  return [
    event,
    kind,
    `<span class="number">${groupedDigits(satoshis)}</span>`,
    foreignText(description),
    codeText(script),
  ];
}
