import type { Dialect } from "@p4/protocol";
import { ensure, ensureEqual, type Check } from "../check.ts";
import { payFlow } from "../pay-flow.ts";
import { jsonOf } from "../peer.ts";

export const dialectChecks: readonly Check[] = [
  {
    id: "mixed-dialects",
    title: "A wallet of either dialect pays a wallet of the other",
    source: "design: dialects",
    async run(kit) {
      const { dialect } = kit.target;
      const channelId = kit.newChannelId();
      const merchant = await kit.joinAs("merchant", channelId);
      const customer = await kit.joinIn(otherOf(dialect), channelId);
      const flow = await payFlow(merchant, customer);
      ensureEqual(flow.payment.dialect, dialect, "the dialect that the merchant hears");
      ensureEqual(flow.ack.dialect, otherOf(dialect), "the dialect that the customer hears");
    },
  },
  {
    id: "dialect-detected",
    title: "Unnamed, the dialect is taken from the first frame; until then messages are readable in both",
    source: "design: dialects",
    async run(kit) {
      const { dialect } = kit.target;
      const channelId = kit.newChannelId();
      const merchant = await kit.joinAs("merchant", channelId);
      const customer = await kit.join(channelId, "");
      const greeting = jsonOf(customer.heard[0]!);
      ensure(
        greeting["key"] === "join.success" && greeting["type"] === "join.success",
        "join.success has not both key and type",
      );
      const flow = await payFlow(merchant, customer);
      ensureEqual(flow.ack.dialect, dialect, "the dialect after the first frame");
      const names = dialect === "p4" ? ["type"] : ["key"];
      ensure(!names.some((name) => name in jsonOf(flow.ack)), `after the first frame there is still ${names.join()}`);
    },
  },
  {
    id: "internal-is-dpp",
    title: "internal=true without a dialect speaks as the deployed wallets do",
    source: "design: dialects",
    dialects: ["dpp"],
    async run(kit) {
      const peer = await kit.join(kit.newChannelId(), "internal=true");
      const greeting = jsonOf(peer.heard[0]!);
      ensureEqual(greeting["type"], "join.success", "type");
      ensureEqual(greeting["key"], undefined, "key");
    },
  },
];

function otherOf(dialect: Dialect): Dialect {
  return dialect === "p4" ? "dpp" : "p4";
}
