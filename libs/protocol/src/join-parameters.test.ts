import { describe, expect, it } from "vitest";
import { joinParameters, strayParameter } from "./join-parameters.ts";

const stray = (query: string, unknown?: "ignored") => strayParameter(new URLSearchParams(query), unknown);

describe("the parameters of a join", () => {
  it.each([
    "",
    "internal=true",
    "role=merchant&internal=true&dialect=dpp&token=t&receipts=true&since=12",
    "role=customer&dialect=p4&receipts=false&since=0&refusal=close",
    "refusal=http",
    // Deployed servers take exactly `true` for the merchant, and say nothing of other texts.
    "internal=TRUE",
    "internal=",
    "token=",
  ])("%j is in order", (query) => {
    expect(stray(query)).toBeNull();
  });

  it.each([
    ["recepits=true", "recepits", /not a parameter of a join: internal, role/],
    ["ROLE=merchant", "ROLE", /not a parameter/],
    ["=", "", /not a parameter/],
    ["role=customer&role=customer", "role", /given once/],
    ["token=a&dialect=p4&token=b", "token", /given once/],
    ["role=owner", "role", /merchant or customer/],
    ["role=", "role", /merchant or customer/],
    ["dialect=go", "dialect", /p4 or dpp/],
    ["since=-1", "since", /0 or more/],
    ["since=1e3", "since", /0 or more/],
    ["since=", "since", /0 or more/],
    ["receipts=1", "receipts", /true or false/],
    ["refusal=quiet", "refusal", /close or http/],
  ])("%j is not: %j", (query, name, rule) => {
    expect(stray(query)).toEqual({ name, rule: expect.stringMatching(rule) as unknown });
  });

  it("may be among others where the URL is not a join's alone", () => {
    expect(stray("from=mail&role=customer", "ignored")).toBeNull();
    expect(stray("from=mail&role=owner", "ignored")?.name).toBe("role");
    expect(stray("token=a&token=b", "ignored")?.name).toBe("token");
  });

  it("have a rule in words wherever their text is not free", () => {
    for (const { values, pattern, rule } of joinParameters)
      expect(rule !== undefined).toBe((values ?? pattern) !== undefined);
  });
});
