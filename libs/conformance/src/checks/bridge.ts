import { ackBody, clientErrorBody, failedAckBody, paymentBody, termsBody } from "../bodies.ts";
import { ensure, ensureEqual, fail, overHttp } from "../check.ts";
import type { HttpAnswer, Kit } from "../kit.ts";
import type { Peer } from "../peer.ts";
import { until } from "../until.ts";

const deployed = "deployed: /api/v1/payment/:paymentID";

export const bridgeChecks = overHttp([
  {
    id: "bridge-payment",
    title: "GET gives the merchant's terms, 200; POST its acknowledgement, 201; both bodies untouched",
    source: deployed,
    async run(kit) {
      const { path, merchant } = await offer(kit);
      const asked = kit.http(path);
      await answer(merchant, "paymentrequest.create", "paymentrequest.response", termsBody("1.0"));
      expectAnswer(await asked, 200, termsBody("1.0"));
      const bodyText = paymentBody();
      const paid = kit.post(path, bodyText);
      const heard = await answer(merchant, "payment", "payment.ack", ackBody("paid"));
      ensureEqual(heard, bodyText, "the payment that the merchant hears");
      expectAnswer(await paid, 201, ackBody("paid"));
    },
  },
  {
    id: "bridge-refused",
    title: "A refused payment is answered 422, with the merchant's words",
    source: deployed,
    async run(kit) {
      const { path, merchant } = await offer(kit);
      const paid = kit.post(path, paymentBody());
      await answer(merchant, "payment", "payment.ack", failedAckBody());
      expectAnswer(await paid, 422, failedAckBody());
    },
  },
  {
    id: "bridge-merchant-errors",
    title: "A merchant's error is answered 404 when its code says so, else 500, with its body",
    source: deployed,
    async run(kit) {
      for (const [code, status] of [
        ["N0001", 404],
        ["E500", 500],
      ] as const) {
        const { path, merchant } = await offer(kit);
        const asked = kit.http(path);
        const bodyText = clientErrorBody(code);
        await answer(merchant, "paymentrequest.create", "paymentrequest.error", bodyText);
        expectAnswer(await asked, status, bodyText);
      }
    },
  },
  {
    id: "bridge-forged-ack",
    title: "An acknowledgement that does not come from the merchant is never given to the payer",
    source: "defect 4",
    async run(kit) {
      const { channelId, path, merchant } = await offer(kit);
      const forger = await kit.joinAs("customer", channelId);
      const paid = kit.post(path, paymentBody());
      const { message } = await merchant.hear("payment");
      forger.say("payment.ack", { correlationId: message.correlationId, bodyText: ackBody("forged") });
      await forger.settle();
      const elsewhere = await kit.joinAs("merchant", kit.newChannelId());
      elsewhere.say("payment.ack", { correlationId: message.correlationId, bodyText: ackBody("elsewhere") });
      await elsewhere.settle();
      merchant.say("payment.ack", { correlationId: message.correlationId, bodyText: ackBody("true") });
      expectAnswer(await paid, 201, ackBody("true"));
    },
  },
  {
    id: "bridge-unknown-invoice",
    title: "An unknown invoice is 404, for GET and for POST",
    source: "defect 14",
    async run(kit) {
      const path = `/api/v1/payment/${kit.newChannelId()}`;
      ensureEqual((await kit.http(path)).status, 404, "the status of GET");
      ensureEqual((await kit.post(path, paymentBody())).status, 404, "the status of POST");
    },
  },
  {
    id: "bridge-bad-payment",
    title: 'A payment that is no JSON is answered 400, as {"errors":{field:[text]}}',
    source: deployed,
    async run(kit) {
      const { path, merchant } = await offer(kit);
      for (const body of ["{", '{"rawTx":"00",}', "<payment/>", ""]) {
        const { status, text } = await kit.post(path, body);
        ensureEqual(status, 400, `the status of ${body === "" ? "nothing" : body}`);
        const { errors } = JSON.parse(text) as { errors?: object };
        ensure(typeof errors === "object", `the answer to ${body} has no errors`);
      }
      await merchant.settle();
      ensureEqual(merchant.keys.includes("payment"), false, "the merchant's having heard one");
    },
  },
  {
    id: "bridge-late-answer",
    title: "When the merchant is slow: 202 with a Location that gives the same answer later",
    source: "read: a late acknowledgement is dropped",
    async run(kit) {
      const { path, merchant } = await offer(kit);
      const pending = await kit.post(path, paymentBody(), { prefer: "wait=0" });
      ensureEqual(pending.status, 202, "the status");
      const location = pending.headers.get("location") ?? fail("there is no Location");
      await answer(merchant, "payment", "payment.ack", ackBody("late"));
      const later = await kit.http(new URL(location, `${kit.target.httpBase}${path}`).pathname);
      expectAnswer(later, 201, ackBody("late"));
    },
  },
  {
    id: "bridge-retry",
    title: "A payment sent again, by Idempotency-Key or by its transaction, gets the stored answer",
    source: "read: a retry may pay twice",
    async run(kit) {
      const { path, merchant } = await offer(kit);
      const bodyText = paymentBody();
      const paid = kit.post(path, bodyText, { "idempotency-key": "key-1" });
      await answer(merchant, "payment", "payment.ack", ackBody("stored"));
      expectAnswer(await paid, 201, ackBody("stored"));
      expectAnswer(await kit.post(path, bodyText, { "idempotency-key": "key-1" }), 201, ackBody("stored"));
      expectAnswer(await kit.post(path, bodyText), 201, ackBody("stored"));
      await merchant.settle();
      ensureEqual(merchant.keys.filter((key) => key === "payment").length, 1, "the payments that the merchant heard");
    },
  },
  {
    id: "bridge-events",
    title: "GET /channels/:id/events streams what a customer hears; Last-Event-ID resumes after a sequence",
    source: "design: server-sent events",
    async run(kit) {
      const { channelId, merchant } = await offer(kit);
      const path = `/channels/${channelId}/events`;
      const live = await readEvents(kit, path, {});
      merchant.say("paymentrequest.response", { bodyText: termsBody("first") });
      merchant.say("paymentrequest.response", { bodyText: termsBody("second") });
      const [first] = await live.until(2);
      const resumed = await readEvents(kit, path, { "last-event-id": first!.id });
      const [next] = await resumed.until(1);
      ensure(next!.data.includes('"second"'), "after Last-Event-ID the next event is another");
    },
  },
  {
    id: "bridge-cors",
    title: "Pages of any origin may use the HTTP routes",
    source: "design: wallets in browsers",
    async run(kit) {
      const { path } = await offer(kit);
      const headers = {
        origin: "https://wallet.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,idempotency-key,prefer",
      };
      const preflight = await kit.http(path, { method: "OPTIONS", headers });
      ensure(preflight.status === 200 || preflight.status === 204, `the preflight is answered ${preflight.status}`);
      const origin = preflight.headers.get("access-control-allow-origin");
      ensure(origin === "*" || origin === headers.origin, `the allowed origin is ${origin}`);
      const allowed = (preflight.headers.get("access-control-allow-headers") ?? "").toLowerCase();
      for (const name of ["content-type", "idempotency-key", "prefer"]) {
        ensure(allowed === "*" || allowed.includes(name), `${name} is not allowed`);
      }
    },
  },
]);

interface ServerSentEvent {
  readonly id: string;
  readonly data: string;
}

async function offer(kit: Kit): Promise<{ channelId: string; path: string; merchant: Peer }> {
  const channelId = kit.newChannelId();
  return { channelId, path: `/api/v1/payment/${channelId}`, merchant: await kit.joinAs("merchant", channelId) };
}

/** Waits for a message, answers it as deployed merchants do, and gives the body that it had. */
async function answer(merchant: Peer, asked: string, key: string, bodyText: string): Promise<string | null> {
  const { message } = await merchant.hear(asked);
  merchant.say(key, { bodyText, correlationId: message.correlationId });
  return message.bodyText;
}

function expectAnswer(actual: HttpAnswer, status: number, text: string): void {
  ensureEqual(actual.status, status, "the status");
  ensureEqual(actual.text, text, "the body");
}

async function readEvents(kit: Kit, path: string, headers: Readonly<Record<string, string>>) {
  const response = await kit.fetch(path, { headers: { accept: "text/event-stream", ...headers } });
  ensureEqual(response.status, 200, "the status");
  let text = "";
  const ended = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (chunk) => void (text += chunk) }));
  // The check's end aborts the stream.
  ended?.catch(() => undefined);
  const events = (): ServerSentEvent[] =>
    [...text.matchAll(/^id: ?(\d+)\n(?:event: ?.*\n)?data: ?(.*)\n\n/gm)].map(([, id, data]) => ({
      id: id!,
      data: data!,
    }));
  return {
    async until(count: number): Promise<readonly ServerSentEvent[]> {
      const found = await until(() => (events().length >= count ? events() : undefined), kit.waitMs);
      return found ?? fail(`${events().length} of ${count} events came`);
    },
  };
}
