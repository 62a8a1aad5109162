import { expect, test } from "vitest";
import { bsvText, satoshisText } from "./amount-text.ts";

test.each([
  [0, "0", "0.00000000"],
  [1, "1", "0.00000001"],
  [999, "999", "0.00000999"],
  [1_500, "1,500", "0.00001500"],
  [123_456_789, "123,456,789", "1.23456789"],
  [2_100_000_000_000_000, "2,100,000,000,000,000", "21,000,000.00000000"],
  [9_007_199_254_740_993n, "9,007,199,254,740,993", "90,071,992.54740993"],
])("%s satoshis are %s, and %s BSV", (satoshis, inSatoshis, inBsv) => {
  expect([satoshisText(satoshis), bsvText(satoshis)]).toEqual([inSatoshis, inBsv]);
});
