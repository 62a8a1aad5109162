import { describe, expect, test } from "vitest";
import {
  conversation,
  customer,
  evidenceOf,
  mapiProof,
  merchant,
  operatorKey,
  Recorder,
  settledChannel,
} from "../fixtures/paid-channel.ts";
import { publicKeyOf } from "../signing.ts";
import { verifyEvidence } from "../verify-evidence.ts";
import { escapeHtml } from "./escape.ts";
import { renderEvidenceHtml } from "./render-evidence-html.ts";
import { durationText } from "./time.ts";

function pageOf(recorder: Recorder): string {
  const report = verifyEvidence(evidenceOf(recorder), { trustedKeys: [publicKeyOf(operatorKey)] });
  expect(report.verdict).toBe("holds");
  return renderEvidenceHtml(report);
}

/** Every tag that the page may contain; none of them runs or loads anything. */
const harmlessTags = new Set(
  (
    "html head meta title style body header main footer section article h1 h2 h3 p ul li div span strong code bdi wbr " +
    "time dl dt dd table caption thead tbody tr th td a details summary pre"
  ).split(" "),
);

const harmlessAttributes = new Set(
  (
    "lang charset name content http-equiv id class role scope href datetime tabindex dir data-name aria-label " +
    "aria-labelledby aria-hidden"
  ).split(" "),
);

function attributesOf(html: string): ReadonlySet<string> {
  const tags = [...html.matchAll(/<[a-z][^<>]*>/gi)].map(([tag]) => tag);
  return new Set(
    tags.flatMap((tag) =>
      [...tag.replace(/"[^"]*"/g, '""').matchAll(/\s([a-z-]+)=/gi)].map(([, name = ""]) => name.toLowerCase()),
    ),
  );
}

function tagsOf(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name = ""]) => name.toLowerCase()));
}

test("the page of a file whose key is not known does not say that it holds", () => {
  const html = renderEvidenceHtml(verifyEvidence(evidenceOf(settledChannel())));
  expect(html).toContain("A key signed this. Whose it is, is not known here.");
  expect(html).toContain(`<code>${publicKeyOf(operatorKey)}</code>`);
  expect(html).not.toContain("This evidence holds");
});

describe("the page of a settled channel", () => {
  const html = pageOf(settledChannel());

  test("tells the verdict, the timeline, the amounts and the parties", () => {
    expect(html).toContain("This evidence holds.");
    expect(html).toMatch(
      /What is proved[\s\S]*What is not proved[\s\S]*What happened[\s\S]*Amounts[\s\S]*Who took part/,
    );
    expect(html).toContain("payment.<wbr>ack");
    expect(html).toContain("600,000");
    expect(html).toContain("claimed on joining");
    expect(html).not.toContain("What is wrong");
  });

  test("has every message as received and links to each", () => {
    expect([...html.matchAll(/href="#(event-\d+)"/g)].every(([, id]) => html.includes(`id="${id}"`))).toBe(true);
    expect(html).toContain(escapeHtml(mapiProof().raw));
  });

  test("runs nothing and loads nothing", () => {
    expect([...tagsOf(html)].filter((tag) => !harmlessTags.has(tag))).toEqual([]);
    expect([...attributesOf(html)].filter((name) => !harmlessAttributes.has(name))).toEqual([]);
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, target = ""]) => target.startsWith("#"))).toBe(true);
    expect(html).not.toMatch(/url\(|@import/);
  });

  test("has one main heading, landmarks, captions and header cells", () => {
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toMatch(/<header>[\s\S]*<main>[\s\S]*<footer>/);
    expect(html.match(/<table/g)?.length).toBe(html.match(/<caption>/g)?.length);
    expect(html).toContain('<th scope="row" role="rowheader"');
    expect([...html.matchAll(/aria-labelledby="([^"]+)"/g)].every(([, id]) => html.includes(` id="${id}"`))).toBe(true);
  });
});

describe("the page of a channel with hostile wallets", () => {
  const attack = `</pre></details><script>alert(1)</script><img src=x onerror=alert(1)>"'\u202e&amp;`;

  test("shows their texts and takes none of their markup", () => {
    const body = JSON.stringify({ error: 1, memo: attack });
    const refusal = JSON.stringify({ key: "payment.ack", messageId: attack, channelID: "", body: JSON.parse(body) });
    const html = pageOf(conversation("pay-and-prove-go-sockets", 3).frame(refusal, merchant).close(attack));
    expect([...tagsOf(html)].filter((tag) => !harmlessTags.has(tag))).toEqual([]);
    expect(html).not.toContain("\u202e");
    expect(html).toContain("refused: &lt;/pre&gt;&lt;/details&gt;&lt;script&gt;alert(1)");
  });

  test("shows names of outputs, connections and software as text", () => {
    const terms = {
      destinations: { outputs: [{ amount: 1, script: "51", description: "<b onclick=x>" }] },
    };
    const offer = JSON.stringify({ key: "paymentrequest.response", messageId: "t", body: terms });
    const recorder = new Recorder().join({ ...merchant, connectionId: "<i>m", nodeId: '"><svg>' }).join(customer);
    recorder.frame(offer, { ...merchant, connectionId: "<i>m" });
    const text = evidenceOf(recorder, { softwareVersion: "<iframe>" });
    const html = renderEvidenceHtml(verifyEvidence(text));
    expect([...attributesOf(html)].filter((name) => !harmlessAttributes.has(name))).toEqual([]);
    expect([...tagsOf(html)].filter((tag) => !harmlessTags.has(tag))).toEqual([]);
    expect(html).toContain("&lt;b onclick=x&gt;");
    expect(html).toContain("&lt;iframe&gt;");
  });
});

test("the page of a damaged file says so and shows nothing of it", () => {
  const html = renderEvidenceHtml(verifyEvidence(evidenceOf(settledChannel()).slice(0, 4_000)));
  expect(html).toContain("This file is damaged or cannot be read.");
  expect(html).toContain("half-written");
  expect(html).not.toContain("inv0000001");
});

test("durations", () => {
  expect([0, 61_005, 3_600_000, -1_500].map(durationText)).toEqual([
    "+0.000 s",
    "+1 m 1.005 s",
    "+1 h 0 m 0.000 s",
    "-1.500 s",
  ]);
});
