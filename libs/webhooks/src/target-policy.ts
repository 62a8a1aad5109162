import { BlockList, isIP } from "node:net";

/** Not on the public internet: loopback, private, link-local, shared, for documentation and tests, multicast, reserved, tunnels to these. */
const notPublic = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
  ...["::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7"],
  ...["fe80::/10", "fec0::/10", "ff00::/8"],
];

/** Which addresses webhooks may be sent to: public ones, and those that the operator allows. */
export class TargetPolicy {
  readonly #refused = blockListOf(notPublic);
  readonly #allowed: BlockList;

  /** `allowed`: addresses and CIDR ranges. */
  constructor(allowed: readonly string[]) {
    this.#allowed = blockListOf(allowed);
  }

  allows(address: string): boolean {
    // An IPv4 address in IPv6's clothes is what it is.
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
    const family = isIP(plain);
    if (family === 0) return false;
    const kind = family === 4 ? "ipv4" : "ipv6";
    if (this.#allowed.check(plain, kind)) return true;
    const isMapped = family === 6 && mapped.check(plain, "ipv6");
    return !isMapped && !this.#refused.check(plain, kind);
  }
}

/** The same written in hexadecimal: no resolver gives it, so it is an evasion. */
const mapped = blockListOf(["::ffff:0:0/96"]);

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const kind = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (bits === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, Number(bits), kind);
  }
  return list;
}
