import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { clientAddress, peerAddress, type Peer } from "./client-address.ts";
import { echoRoute, handshake, rawClient, serve } from "./test-support.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

const bytesOf = (address: string): ArrayBuffer => new Uint8Array(address.split(".").map(Number)).buffer;

/** As uWS gives an IPv6 peer: its text has all groups with all digits. */
function ipv6Peer(text: string): Peer {
  const bytes = Uint8Array.from(Buffer.from(text.replaceAll(":", ""), "hex"));
  return { getRemoteAddress: () => bytes.buffer, getRemoteAddressAsText: () => new TextEncoder().encode(text).buffer };
}

/** A request of this IPv4 peer with these header lines. */
function address(trusted: readonly string[], peer: string, ...lines: string[]): string {
  const res = { getRemoteAddress: () => bytesOf(peer), getRemoteAddressAsText: () => new ArrayBuffer(0) };
  const forEach = (visit: (name: string, value: string) => void): void => {
    visit("host", "x");
    for (const line of lines) visit("x-forwarded-for", line);
  };
  return clientAddress(trusted)(res, { forEach });
}

const proxies = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"];

describe("the address that limits count for", () => {
  it.each([
    ["a proxy's client", "10.0.0.1", ["203.0.113.5"], "203.0.113.5"],
    ["a single proxy, not a range", "192.0.2.7", ["203.0.113.5"], "203.0.113.5"],
    ["a client behind two proxies", "10.0.0.1", ["203.0.113.5, 10.9.9.9"], "203.0.113.5"],
    ["what the client claims, left of it", "10.0.0.1", ["198.51.100.1, 203.0.113.5"], "203.0.113.5"],
    ["what the client claims, in a line of its own", "10.0.0.1", ["198.51.100.1", "203.0.113.5"], "203.0.113.5"],
    ["a client with a port", "10.0.0.1", ["203.0.113.5:4711"], "203.0.113.5"],
    ["a client of IPv6, in one spelling", "10.0.0.1", ["2001:0DB8:0:0::1"], "2001:db8:0:0::/64"],
    ["a client of IPv6 with a port", "10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8:0:0::/64"],
    ["IPv4 written as IPv6", "10.0.0.1", ["::ffff:203.0.113.5"], "203.0.113.5"],
    ["a proxy of IPv6 in between", "10.0.0.1", ["203.0.113.5, fd00::9"], "203.0.113.5"],
    ["a request of the proxy itself", "10.0.0.1", [], "10.0.0.1"],
    ["words instead of an address", "10.0.0.1", ["203.0.113.5, unknown"], "10.0.0.1"],
    ["nothing but proxies", "10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"],
    ["a stranger", "198.51.100.9", ["203.0.113.5"], "198.51.100.9"],
    ["a neighbour of the single proxy", "192.0.2.8", ["203.0.113.5"], "192.0.2.8"],
  ])("%s", (_, peer, lines, expected) => {
    expect(address(proxies, peer, ...lines)).toBe(expected);
  });

  it.each([
    ["2001:db8:1:7::1", "2001:0db8:0001:0007:0000:0000:0000:0001", "2001:db8:1:7::/64"],
    ["2001:db8:1:7:ffff:1:2:3", "2001:0db8:0001:0007:ffff:0001:0002:0003", "2001:db8:1:7::/64"],
    ["2001:db8:1:8::1", "2001:0db8:0001:0008:0000:0000:0000:0001", "2001:db8:1:8::/64"],
    ["2001:db8:0:7::", "2001:0db8:0000:0007:0000:0000:0000:0000", "2001:db8:0:7::/64"],
    ["::1", "0000:0000:0000:0000:0000:0000:0000:0001", "0:0:0:0::/64"],
  ])("is the network of an IPv6 client, however it is written: %s", (short, long, expected) => {
    expect(address(proxies, "10.0.0.1", short)).toBe(expected);
    expect(address(proxies, "10.0.0.1", long)).toBe(expected);
    expect(clientAddress([])(ipv6Peer(long), { forEach: () => undefined })).toBe(expected);
    expect(peerAddress(ipv6Peer(long))).toBe(expected);
  });

  it("trusts a proxy of IPv6, and not its whole network", () => {
    const forwarded = (peer: string) =>
      clientAddress(["2001:db8::7"])(ipv6Peer(peer), { forEach: (visit) => visit("x-forwarded-for", "203.0.113.5") });
    expect(forwarded("2001:0db8:0000:0000:0000:0000:0000:0007")).toBe("203.0.113.5");
    expect(forwarded("2001:0db8:0000:0000:0000:0000:0000:0008")).toBe("2001:db8:0:0::/64");
  });

  it("is never what the client wrote, whatever it was", () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (claim, peer) => {
        expect(address([], peer, claim)).toBe(peer);
        expect(address(["10.0.0.1"], "10.0.0.1", `${claim}, 203.0.113.5`)).toBe("203.0.113.5");
      }),
    );
  });

  it("refuses to start with a proxy that is no address", () => {
    expect(() => clientAddress(["localhost"])).toThrow(/trusted proxy "localhost"/);
  });
});

describe("limits of one address", () => {
  const webSockets = [echoRoute()];

  /** The status of a join that comes with this header. */
  async function join(port: number, forwardedFor: string): Promise<string | undefined> {
    const { socket, received } = await rawClient(port);
    socket.write(handshake("/ws/1").replace("\r\n\r\n", `\r\nX-Forwarded-For: ${forwardedFor}\r\n\r\n`));
    await vi.waitFor(() => expect(received()).toContain("\r\n"));
    return /HTTP\/1.1 (\d+)/.exec(received())?.[1];
  }

  it("count the client behind a proxy, and give its place back", async () => {
    const limits = { maxConnectionsPerIp: 1 };
    const { server } = await serve({ webSockets, limits, trustedProxies: ["127.0.0.1"] });
    expect(await join(server.port, "203.0.113.1")).toBe("101");
    expect(await join(server.port, "198.51.100.1, 203.0.113.1")).toBe("429");
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1").replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.2\r\n\r\n"));
    await vi.waitFor(() => expect(received()).toContain("HTTP/1.1 101"));
    socket.destroy();
    await vi.waitFor(() => expect(server.stats().webSockets).toBe(1));
    expect(await join(server.port, "203.0.113.2")).toBe("101");
  });

  it("cannot be passed by a client that forges its address", async () => {
    const { server } = await serve({ webSockets, limits: { maxConnectionsPerIp: 1 } });
    expect(await join(server.port, "203.0.113.1")).toBe("101");
    expect(await join(server.port, "203.0.113.2")).toBe("429");
  });
});
