import { readCloseReason } from "@p4/protocol";
import { ensure, ensureEqual, fail, skip, type Check } from "../check.ts";
import { headerOf } from "../peer.ts";
import type { UpgradeHead } from "../raw/raw-peer.ts";
import { until } from "../until.ts";

const document = "document: GET /ws/:channelID";

export const joinChecks: readonly Check[] = [
  {
    id: "join-success",
    title: "The first message after a join is join.success on this channel; others do not hear it",
    source: "document: Messages",
    async run(kit) {
      const { channelId, merchant, customer } = await kit.meet();
      for (const peer of [merchant, customer]) {
        ensureEqual(peer.keys[0], "join.success", "the first message");
        ensureEqual(peer.heard[0]?.message.channelId, channelId, "its channel");
      }
      await merchant.settle();
      ensureEqual(merchant.keys.filter((key) => key === "join.success").length, 1, "the number of join.success");
    },
  },
  {
    id: "expiry-header",
    title: "join.success has the header x-channel-expires, a time to come",
    source: "defect 8",
    async run(kit) {
      const peer = await kit.joinAs("merchant", kit.newChannelId());
      const expires = headerOf(peer.heard[0]!, "x-channel-expires");
      ensure(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(expires),
        `x-channel-expires is ${expires}, not RFC 3339`,
      );
      ensure(Date.parse(expires) > Date.now() - 1_000, `x-channel-expires ${expires} is over`);
    },
  },
  {
    id: "sequence-header",
    title: "Messages tell their place in the channel's log, rising: x-p4-sequence",
    source: "design: pending messages on join",
    async run(kit) {
      const { merchant, customer } = await kit.meet();
      customer.say("paymentrequest.create");
      const heard = await merchant.hear("paymentrequest.create");
      const joined = Number(headerOf(merchant.heard[0]!, "x-p4-sequence"));
      const sequence = Number(headerOf(heard, "x-p4-sequence"));
      ensure(sequence > joined, `x-p4-sequence went from ${joined} to ${sequence}`);
    },
  },
  {
    id: "unknown-channel-404",
    title: "An unknown channel is refused before the upgrade, with 404",
    source: "defect 10",
    needs: ["tcp"],
    async run(kit) {
      const peer = await kit.rawOn(kit.newChannelId());
      if (peer.status === 401) skip("the server asks for a token");
      if (peer.status !== 101) return ensureEqual(peer.status, 404, "the status");
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (peer.closedWith !== null) fail("the upgrade is made, then the socket is closed");
      skip("the server opens a channel for the first to join");
    },
  },
  {
    id: "hostile-channel-ids",
    title: "Channel ids that are no ids are refused before the upgrade, with 400 or 404",
    source: "bad input",
    needs: ["tcp"],
    async run(kit) {
      for (const path of ["a.b", "a%20b", "%2e%2e%2fetc", "%00", "a".repeat(65), "%F0%9F%92%A3", "a%3Eb", "a*"]) {
        const { status } = await kit.raw(path);
        ensure(status === 400 || status === 404, `/${path} is answered ${status}`);
      }
    },
  },
  {
    id: "no-handshake",
    title: "A request that is no WebSocket handshake is refused: a Connection without upgrade, another version than 13",
    source: "RFC 6455, 4.2.1; proxies that do not pass the upgrade on",
    needs: ["tcp"],
    async run(kit) {
      const heads: readonly UpgradeHead[] = [
        { Connection: "close" },
        { Connection: "keep-alive" },
        { "Sec-WebSocket-Version": "12" },
      ];
      for (const head of heads) {
        const { status } = await kit.raw(kit.newChannelId(), head);
        ensure(status >= 400 && status < 500, `${JSON.stringify(head)} is answered ${status}`);
      }
    },
  },
  {
    id: "join-parameters",
    title: "Parameters of a join that are unknown or doubled are refused with 400, which names them",
    source: "design: joins that say why",
    needs: ["tcp"],
    async run(kit) {
      const cases = [
        ["recepits=true", "recepits"],
        ["role=customer&role=merchant", "role"],
        ["since=soon", "since"],
      ] as const;
      for (const [query, name] of cases) {
        const peer = await kit.raw(`${kit.newChannelId()}?${query}`);
        ensure(peer.status === 400, `?${query} is answered ${peer.status}`);
        await until(() => (peer.body.includes(name) ? true : undefined), kit.waitMs);
        ensure(peer.body.includes(name), `what is said of ?${query} does not name ${name}: ${peer.body.slice(0, 200)}`);
      }
    },
  },
  {
    id: "refused-join-in-a-browser",
    title:
      "A refused join is told to a browser, which hides HTTP: closed with 4400 to 4499 and an error code as reason",
    source: "design: joins that say why",
    needs: ["tcp"],
    async run(kit) {
      const path = `${kit.newChannelId()}?since=soon`;
      const { status } = await kit.raw(path);
      ensure(status === 400, `without Origin it is answered ${status}, not 400`);
      const page = await kit.raw(path, { Origin: "https://wallet.example" });
      ensure(page.status === 101, `with Origin it is answered ${page.status}, which a browser's program never sees`);
      await until(() => page.closedWith ?? undefined, kit.waitMs);
      const { closedWith, closeReason } = page;
      ensure(closedWith !== null, "the socket is not closed");
      ensure(closedWith >= 4400 && closedWith <= 4499, `it is closed with ${closedWith}`);
      ensure(readCloseReason(closeReason) !== null, `the reason begins with no error code: ${closeReason}`);
    },
  },
  {
    id: "plain-get",
    title: "GET without an upgrade is a client's error, not a server's",
    source: document,
    needs: ["http"],
    async run(kit) {
      const path = new URL(kit.target.socketBase).pathname;
      const { status } = await kit.http(`${path}/${kit.newChannelId()}`);
      ensure(status >= 400 && status < 500, `it is answered ${status}`);
    },
  },
  {
    id: "subprotocol",
    title: "The dialect can be named as a WebSocket subprotocol, which is confirmed",
    source: "design: dialects",
    async run(kit) {
      const { dialect } = kit.target;
      const peer = await kit.join(kit.newChannelId(), "internal=true", [dialect]);
      ensureEqual(peer.subprotocol, dialect, "the confirmed subprotocol");
      ensureEqual(peer.heard[0]?.dialect, dialect, "the dialect of join.success");
    },
  },
  {
    id: "health-channel",
    title: "The channel named health greets everyone, and relays nothing",
    source: "deployed wallets: joined every two seconds",
    async run(kit) {
      const [first, second] = [await kit.joinAs("merchant", "health"), await kit.joinAs("customer", "health")];
      second.say("my-dpp");
      second.say("paymentrequest.create");
      await kit.joinAs("customer", "health");
      await second.settle();
      await first.settle();
      ensureEqual(first.keys.join(), "join.success", "what a peer of health hears");
    },
  },
];
