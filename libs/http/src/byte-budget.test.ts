import { describe, expect, it } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

describe("a budget of bytes", () => {
  const rates = { byteRatePerConnection: 1_000, byteRatePerIp: 2_000 };

  it("is one connection's own, and comes back with time", () => {
    const budget = new ByteBudget(rates, 0);
    const [one, other] = [budget.forConnection(0), budget.forConnection(0)];
    expect(budget.refusal(15_000, "a", one, 0)).toBeNull();
    expect(budget.refusal(2_000, "a", one, 0)).toBe("one connection may add 1000 bytes a second, and 16000 at once");
    expect(budget.refusal(2_000, "a", other, 0)).toBeNull();
    expect(budget.refusal(2_000, "a", one, 1_000)).toBeNull();
  });

  it("is one address's, whatever its connections have left", () => {
    const budget = new ByteBudget(rates, 0);
    for (let i = 0; i < 2; i++) expect(budget.refusal(16_000, "a", budget.forConnection(0), 0)).toBeNull();
    const rule = "one address may add 2000 bytes a second, and 32000 at once";
    expect(budget.refusal(100, "a", budget.forConnection(0), 0)).toBe(rule);
    expect(budget.refusal(100, "a", null, 0)).toBe(rule);
    expect(budget.refusal(100, "b", null, 0)).toBeNull();
  });
});
