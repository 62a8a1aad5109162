import { expect, it } from "vitest";
import { hashedStateName, recordedStates, stateOfRecord } from "./recorded-state.ts";

it("reads a state by the name that it had when it was recorded", () => {
  expect(stateOfRecord("awaitingPaymentRequest")).toBe("awaitingTermsRequest");
  expect(stateOfRecord("awaitingTerms")).toBe("awaitingTerms");
  expect(recordedStates).toEqual(expect.arrayContaining(["awaitingPaymentRequest", "awaitingTermsRequest"]));
});

it("hashes a state as before it had another name", () => {
  expect(hashedStateName("awaitingTermsRequest")).toBe("awaitingPaymentRequest");
  expect(hashedStateName("settled")).toBe("settled");
});
