import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeServer, serverFrame, upgrade } from "./test-support/fake-server.ts";
import { relay, Wallet } from "./wallet.ts";
import { centrifugoWire, dppWire, p4Wire, socketIoWire, type Wire } from "./wires.ts";

describe("a wallet of the load generator", () => {
  let server: FakeServer;
  const join = (role: "customer" | "merchant") => Wallet.join(p4Wire, server.port, "c", role);
  beforeEach(async () => {
    server = new FakeServer();
    await server.start();
  });
  afterEach(() => server.stop());

  it("is in when the server has said so, in whatever pieces that comes, and hears the message that it waits for", async () => {
    const welcome = serverFrame(`{"x":"${"x".repeat(300)}","key":"join.success"}`);
    const ping = Buffer.from([0x89, 0]);
    server.behave = (socket, text) => {
      if (text === null) {
        // The answer to the ping shows that what came before it has been read, and half of a frame with it.
        socket.write(Buffer.concat([Buffer.from(upgrade), ping, welcome.subarray(0, 100)]));
        socket.once("data", () => socket.write(welcome.subarray(100)));
      } else {
        for (const each of server.sockets) each.write(Buffer.concat([serverFrame('{"other":1}'), serverFrame(text)]));
      }
    };
    const [from, to] = [await join("customer"), await join("merchant")];
    expect(await relay(from, to, { key: "payment", messageId: "m1", body: "{}" })).toBeGreaterThan(0);
  });

  it("is refused by a status, and by an error in the middle of its talk", async () => {
    server.behave = (socket) => void socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    await expect(join("customer")).rejects.toThrow("503");
    server.behave = (socket, text) =>
      void socket.write(
        text === null
          ? Buffer.concat([Buffer.from(upgrade), serverFrame('"join.success"')])
          : serverFrame('{"key":"error"}'),
      );
    const [from, to] = [await join("customer"), await join("merchant")];
    await expect(relay(from, to, { key: "payment", messageId: "m1", body: "{}" })).rejects.toThrow("refused");
  });

  it("takes no other message for the one that it waits for, and does not wait on a connection that has ended", async () => {
    const [from, to] = [await join("customer"), await join("merchant")];
    const answer = relay(from, to, { key: "payment", messageId: "m1", body: "{}" });
    server.sockets[1]?.end(serverFrame('{"messageId":"another"}'));
    await expect(answer).rejects.toThrow("closed");
  });
});

describe("the wires", () => {
  const message = { key: "payment", channelId: "c", messageId: "m1", body: '{"filler":"x"}' };

  it.each<[string, Wire, RegExp]>([
    ["p4", p4Wire, /^(.*)$/],
    ["dpp", dppWire, /^(.*)$/],
    ["Socket.IO", socketIoWire, /^42\["message",(.*)\]$/],
    ["Centrifugo", centrifugoWire, /"data":(.*)\}\}$/],
  ])("%s carries the same envelope", (_name, wire, inside) => {
    const [, text = ""] = inside.exec(wire.wrap(message)) ?? [];
    expect(JSON.parse(text)).toMatchObject({ messageId: "m1", body: { filler: "x" } });
  });

  it("answer handshakes and heartbeats", () => {
    expect(socketIoWire.answer?.('0{"sid":"s"}')).toBe("40");
    expect(socketIoWire.answer?.("2")).toBe("3");
    expect(centrifugoWire.answer?.("{}")).toBe("{}");
  });
});
