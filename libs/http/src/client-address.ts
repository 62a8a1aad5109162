import { BlockList, isIP } from "node:net";
import type { HttpRequest as UwsRequest, HttpResponse as UwsResponse } from "uWebSockets.js";

/**
 * Tells the address that a request's limits count for: an IPv4 address, or the network of an IPv6 one, such as `2001:db8:0:7::/64`.
 * One customer of a provider has at least a /64 (RFC 6177), and could come from another address of it each time.
 */
export type ClientAddress = (res: Peer, req: Pick<UwsRequest, "forEach">) => string;

export type Peer = Pick<UwsResponse, "getRemoteAddress" | "getRemoteAddressAsText">;

/**
 * The peer itself, unless it is one of our proxies: then the address that the proxy has seen.
 *
 * @param trustedProxies addresses and CIDR ranges, such as `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`. Empty: headers are not read.
 * @throws RangeError for text that is neither.
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  if (trustedProxies.length === 0) return peerAddress;
  const trusted = blockListOf(trustedProxies);
  return (res, req) => {
    const peer = textOf(res);
    return limitedAs(isIn(trusted, peer) ? forwardedAddress(peer, forwardedFor(req), trusted) : peer);
  };
}

/** What limits count for the peer itself, proxy or not. */
export function peerAddress(peer: Peer): string {
  return limitedAs(textOf(peer));
}

/** IPv4 as it is; of IPv6 the first four groups, in one spelling whichever way the address is written. */
function limitedAs(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const [left, right] = [groupsOf(head), groupsOf(tail)];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  const network = groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}

const groupsOf = (part: string): string[] => (part === "" ? [] : part.split(":"));

/**
 * Each proxy writes behind what it was sent, so only the right end can be believed: the first address from there that is
 * not a proxy of ours is the client. Everything to its left can be forged.
 */
function forwardedAddress(peer: string, header: string, trusted: BlockList): string {
  let address = peer;
  for (const entry of header.split(",").reverse()) {
    const next = canonical(entry.trim());
    if (next === null) return address;
    address = next;
    if (!isIn(trusted, address)) return address;
  }
  return address;
}

/** All lines: some proxies add one of their own below the one that the client has sent. */
function forwardedFor(req: Pick<UwsRequest, "forEach">): string {
  const lines: string[] = [];
  req.forEach((name, value) => {
    if (name === "x-forwarded-for") lines.push(value);
  });
  return lines.join(",");
}

/** One text for each address, without a port; null for what is no address. */
function canonical(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const mapped = /^::ffff:([\d.]+)$/i.exec(bare)?.[1] ?? bare;
  const family = isIP(mapped);
  if (family === 0) return null;
  // Null as well for an address with a zone, which means something only to the machine that wrote it.
  return family === 4 ? mapped : (URL.parse(`http://[${mapped}]`)?.hostname.slice(1, -1) ?? null);
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const family = familyOf(address);
    if (isIP(address) === 0)
      throw new RangeError(`trusted proxy "${range}": an IP address or a range in CIDR notation`);
    list.addSubnet(address, bits === undefined ? (family === "ipv4" ? 32 : 128) : Number(bits), family);
  }
  return list;
}

const familyOf = (address: string): "ipv4" | "ipv6" => (address.includes(":") ? "ipv6" : "ipv4");
const isIn = (list: BlockList, address: string): boolean => list.check(address, familyOf(address));

/** The peer's address as text; uWS would write an IPv4 peer of a dual-stack socket as eight groups. */
function textOf(peer: Peer): string {
  const bytes = new Uint8Array(peer.getRemoteAddress());
  const mapped =
    bytes.length === 16 && bytes.subarray(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.subarray(12).join(".");
  if (bytes.length === 4) return bytes.join(".");
  return Buffer.from(peer.getRemoteAddressAsText()).toString("latin1");
}
