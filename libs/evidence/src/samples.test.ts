import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { verifyEvidence } from "./verify-evidence.ts";

/** Files that were handed out stay as they are: they are in the hands of others. */
const settled = new Uint8Array(readFileSync(new URL("../samples/settled-1.p4e", import.meta.url)));
const operator = "031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f";
const witness = "024d4b6cd1361032ca9bd2aeb9d900aa4d45d9ead80ac9423374c451a7254d0766";

test("a file of the first version holds for who knows the key, and is told as it was", () => {
  const { verdict, timeline, checks } = verifyEvidence(settled, { trustedKeys: [operator], witnessKeys: [witness] });
  expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
  expect(verdict).toBe("holds");
  expect(timeline.map(({ what }) => what)).toEqual([
    "join",
    "join",
    "paymentrequest.create",
    "paymentrequest.response",
    "payment",
    "payment.ack",
    "proof.create",
  ]);
  expect(checks.find(({ code }) => code === "COUNTERSIGNATURE")?.status).toBe("ok");
});

test("without the key it is a file that some key signed", () => {
  expect(verifyEvidence(settled).verdict).toBe("unknown-key");
});
