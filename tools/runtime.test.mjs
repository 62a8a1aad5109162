import { expect, test } from "vitest";

test("tests run on Node 22, whatever Node the machine has", () => {
  // The ABI number decides which native binary of uWebSockets.js is loaded.
  expect(process.versions.modules).toBe("127");
});
