import { expect, test } from "vitest";
import { newInvoiceId } from "./invoice-id.ts";

test("an id is 16 letters and digits, from bytes that favour no letter", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 16);
  expect(newInvoiceId(() => bytes)).toMatch(/^[A-Za-z0-9]{16}$/);
  // 228 is the last full multiple of 57: bytes from there up are thrown away.
  let calls = 0;
  const id = newInvoiceId((count) => new Uint8Array(count).fill((calls += 1) === 1 ? 228 : 227));
  expect(calls).toBe(2);
  expect(id).toBe("9".repeat(16));
});
