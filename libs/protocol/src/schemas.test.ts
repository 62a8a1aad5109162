import { frameProblems, schemas } from "@p4/protocol";
import { describe, expect, it } from "vitest";

describe("the published schemas", () => {
  const all = schemas();

  it("cover frames, error frames and bodies", () => {
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining([
        "P4Frame",
        "DppFrame",
        "P4ErrorFrame",
        "DppErrorFrame",
        "Bip270PaymentRequest",
        "DppPaymentRequest",
        "Brc27PaymentTerms",
        "Bip270Payment",
        "DppPayment",
        "Brc27Payment",
        "Bip270PaymentAck",
        "DppPaymentAck",
        "Brc27PaymentAck",
        "ClientError",
        "JsonEnvelope",
      ]),
    );
  });

  it("refer only to one another", () => {
    const references = [...JSON.stringify(all).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name] of references) expect(all).toHaveProperty(name!);
  });

  it("carry the descriptions of the types", () => {
    expect(JSON.stringify(all["DppFrame"])).toContain("set by the server");
  });

  it("tell what in a frame departs from them", () => {
    expect(frameProblems("P4Frame", { key: "payment" }).join()).toContain("$input.messageId must be");
  });
});
