import { machineDiagram } from "@p4/channel";
import { expect, it } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";

it("p4 machine shows each event in each state, as a table, a drawing and data", async () => {
  const { out } = await runP4(["machine"]);
  expect(out).toMatch(/^awaitingProof +ProofRecorded +settled/m);
  expect((await runP4(["machine", "--mermaid"])).out).toBe(machineDiagram().trimEnd());
  expect((await runP4(["machine", "--json"])).json()).toMatchObject({
    transitions: expect.arrayContaining([
      { from: "awaitingAck", event: "PaymentAccepted", to: "awaitingProof", whenProven: "settled" },
    ]) as object,
    diagram: machineDiagram(),
  });
});
