import { MsgHdrsImpl, type Msg } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import { readRepublished } from "./republished.ts";

it("given a message whose headers do not lie before its data, what the stream says is read from its table of headers", () => {
  const headers = new MsgHdrsImpl();
  headers.set("Nats-Sequence", "7");
  headers.set("Nats-Last-Sequence", "5");
  const data = new Uint8Array([1, 2]);
  expect(readRepublished({ headers, data } as unknown as Msg, "live")).toEqual({
    streamVersion: 7,
    previousStreamVersion: 5,
    bytes: data,
  });
});
