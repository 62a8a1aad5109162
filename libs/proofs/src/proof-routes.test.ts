import { describe, expect, it } from "vitest";
import { blockA, mapiDoubleSpend, mapiProof, txid } from "./test-support/callbacks.ts";
import { channelId, proofServer } from "./test-support/proof-server.ts";

const url = `/proofs/${txid}?i=${channelId}`;
const proof = mapiProof(blockA);

describe("POST /proofs/:txid", () => {
  it("answers 201 without a body, also under /api/v1", async () => {
    const server = await proofServer();
    expect(await server.post(url, proof)).toEqual({ status: 201 });
    expect(await server.post(`/api/v1${url}`, proof)).toEqual({ status: 201 });
    expect(server.outcomes).toEqual([null, null]);
  });

  it.each([
    ["no channel", `/proofs/${txid}`, proof, "400 PROOF_CHANNEL_ID", "i: "],
    ["a hostile channel", `/proofs/${txid}?i=a.*`, proof, "400 PROOF_CHANNEL_ID", "i: "],
    ["a short txid", `/proofs/abcd?i=${channelId}`, proof, "400 SPV_TXID_INVALID", "txid: "],
    [
      "another transaction",
      `/proofs/${"2b".repeat(32)}?i=${channelId}`,
      proof,
      "400 SPV_TXID_MISMATCH",
      "callbackTxId: ",
    ],
    ["a channel that never was", `/proofs/${txid}?i=unknown`, proof, "404 PROOF_CHANNEL_UNKNOWN", "i: "],
    [
      "a notice for a channel that never was",
      `/proofs/${txid}?i=unknown`,
      mapiDoubleSpend("doubleSpend", "01".repeat(32)),
      "404 PROOF_CHANNEL_UNKNOWN",
      "i: ",
    ],
    [
      "a status for a channel that never was",
      `/proofs/${txid}?i=unknown`,
      JSON.stringify({ txid, txStatus: "SEEN_ON_NETWORK" }),
      "404 PROOF_CHANNEL_UNKNOWN",
      "i: ",
    ],
    ["bytes that are not text", url, new Uint8Array([0xff, 0xfe]), "400 PROOF_BODY_TEXT", "body: "],
    ["a mAPI envelope where only ARC posts", `/callbacks?i=${channelId}`, proof, "400 SPV_TXID_INVALID", "txid: "],
  ])("refuses %s, naming field and rule", async (_, path, body, refusal, detail) => {
    const server = await proofServer();
    const response = await server.post(path, body);
    const [status, code] = refusal.split(" ");
    expect(String(response.status)).toBe(status);
    expect(response.headers?.["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(response.body ?? "")).toMatchObject({ code, detail: expect.stringContaining(detail) });
    expect(server.outcomes).toEqual([code]);
    expect((await server.get(`/proofs/${txid}`)).status).toBe(404);
    expect(await server.events(channelId)).toHaveLength(1);
  });

  it("answers 415 to an encrypted callback", async () => {
    const server = await proofServer();
    const response = await server.post(url, new Uint8Array(100), { "content-type": "application/octet-stream" });
    expect(response.status).toBe(415);
    expect(server.outcomes).toEqual(["PROOF_ENCRYPTED"]);
  });

  it("asks for the token before it looks at anything else", async () => {
    const server = await proofServer({ isAuthorized: (authorization) => authorization === "Bearer right" });
    const refused = await server.post("/proofs/abcd", "nonsense", { authorization: "Bearer wrong" });
    expect([refused.status, refused.headers?.["www-authenticate"]]).toEqual([401, "Bearer"]);
    expect((await server.post(url, proof)).status).toBe(401);
    expect((await server.post(url, proof, { authorization: "Bearer right" })).status).toBe(201);
    expect(server.outcomes).toEqual(["PROOF_TOKEN", "PROOF_TOKEN", null]);
  });

  it.each([
    ["STORE_UNAVAILABLE", 503, "PROOF_NOT_STORED"],
    ["STORE_FULL", 503, "PROOF_NOT_STORED"],
    ["STORE_TOO_LARGE", 413, "PROOF_TOO_LARGE"],
    ["STORE_FORBIDDEN", 500, "INTERNAL"],
  ] as const)("when the log says %s: %i", async (storeCode, status, code) => {
    const server = await proofServer();
    server.memory.faults.failNextAppend(storeCode);
    const response = await server.post(url, proof);
    expect(response.status).toBe(status);
    expect(server.outcomes).toEqual([code]);
    // Only what is ours is logged, and nothing of it is told.
    expect(server.errors).toHaveLength(status === 500 ? 1 : 0);
    if (status === 500) expect(response.body).not.toContain("STORE_FORBIDDEN");
  });
});

describe("GET /proofs/:txid", () => {
  it("answers 404 for a transaction without news, 400 for what is no transaction id", async () => {
    const server = await proofServer();
    expect((await server.get(`/proofs/${txid}`)).status).toBe(404);
    expect((await server.get("/proofs/abcd")).status).toBe(400);
    // Reading is not a callback.
    expect(server.outcomes).toEqual([]);
  });

  it("finds a transaction written in capitals", async () => {
    const server = await proofServer();
    await server.post(`/proofs/${txid.toUpperCase()}?i=${channelId}`, proof);
    expect((await server.get(`/api/v1/proofs/${txid.toUpperCase()}`)).status).toBe(200);
  });
});
