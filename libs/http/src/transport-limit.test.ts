import { expect, it, vi } from "vitest";
import { echoRoute, serve, wallet } from "./test-support.ts";
import { transportLimitBytes } from "./web-socket-behavior.ts";

it("a message may be over the limit up to twice and a mebibyte: beyond, the connection breaks without a word, and no other", async () => {
  const codes: number[] = [];
  const { socketUrl } = await serve({ webSockets: [echoRoute({ close: (_, code) => void codes.push(code) })] });
  const most = transportLimitBytes(1_000);
  expect(most).toBe(2_000 + 1_048_576);
  const [larger, largest, other] = [
    wallet(`${socketUrl}/ws/1`),
    wallet(`${socketUrl}/ws/2`),
    wallet(`${socketUrl}/ws/3`),
  ];
  for (const { opened } of [larger, largest, other]) await opened;
  larger.socket.send("x".repeat(most));
  largest.socket.send("x".repeat(most + 1));
  expect((await larger.closed).code).toBe(1009);
  expect((await largest.closed).code).toBe(1006);
  other.socket.send("still here");
  await vi.waitFor(() => expect(other.messages).toEqual(["still here"]));
  expect(codes.sort()).toEqual([1006, 1009]);
});
