import { expect, test } from "vitest";
import { addressAt } from "./join-url.ts";

const own = "wss://a.pay.example/ws/inv-1?token=t";

test.each([
  ["the same channel at another site", own, "wss://b.pay.example", "wss://b.pay.example/ws/inv-1?token=t"],
  ["one with a path", own, "wss://b.pay.example/p4/", "wss://b.pay.example/p4/ws/inv-1?token=t"],
  ["without encryption both", "ws://a/ws/x", "ws://b:8445", "ws://b:8445/ws/x"],
  ["with encryption where there was none", "ws://a/ws/x", "wss://b", "wss://b/ws/x"],
  ["its own one, when encryption would be given up", own, "ws://b.pay.example", own],
  ["its own one, when it is told another protocol", own, "https://b.pay.example", own],
  ["its own one, when it is told no address", own, "site b", own],
  ["its own one, when it is told a login", own, "wss://me:hunter2@b.pay.example", own],
  ["its own one, when it is told nothing", own, null, own],
])("%s", (_what, url, elsewhere, address) => expect(addressAt(url, elsewhere)).toBe(address));
