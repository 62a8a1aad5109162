import fc from "fast-check";
import { expect, it } from "vitest";
import { arcMined, blockA, mapiDoubleSpend, mapiProof, txid } from "./test-support/callbacks.ts";
import { channelId, proofServer } from "./test-support/proof-server.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

/** The decoders have their own fuzzing; this is about what reaches them and what becomes of their refusals. */
const runs = 5_000;

const bodies = [mapiProof(blockA), mapiDoubleSpend("doubleSpend", blockA.sibling), JSON.stringify(arcMined(blockA))];
const body = fc
  .record({
    base: fc.constantFrom(...bodies),
    at: fc.nat(),
    drop: fc.nat({ max: 20 }),
    insert: fc.string({ maxLength: 8 }),
  })
  .map(
    ({ base, at, drop, insert }) => base.slice(0, at % base.length) + insert + base.slice((at % base.length) + drop),
  );
const anyBody = fc.oneof(
  body.map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((text) => new TextEncoder().encode(text)),
);
const query = fc.oneof(fc.constant(`i=${channelId}`), fc.webQueryParameters());
const id = fc.oneof(
  fc.constant(txid),
  fc.string({ unit: fc.constantFrom(..."09afAFgz%-"), minLength: 1, maxLength: 70 }),
);

it("answers whatever is posted with a status of the table, and fails at nothing", async () => {
  const server = await proofServer();
  await fc.assert(
    fc.asyncProperty(id, query, anyBody, async (id, query, body) => {
      const { status } = await server.post(`/proofs/${id}?${query}`, body);
      expect([201, 400, 404]).toContain(status);
    }),
    { numRuns: runs },
  );
  expect(server.errors).toEqual([]);
  // And serves on.
  expect((await server.post(`/proofs/${txid}?i=${channelId}`, mapiProof(blockA))).status).toBe(201);
});
