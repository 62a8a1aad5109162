import { httpFaults } from "./http-faults.ts";
import { socketFaults } from "./socket-faults.ts";

export const faults = { ...socketFaults, ...httpFaults };

export type FaultName = keyof typeof faults;

interface Exposure {
  readonly fault: FaultName;
  /** What the check has to say. */
  readonly because: RegExp;
}

const exposed = (fault: FaultName, because: RegExp): Exposure => ({ fault, because });
const droppedForErring = exposed("drops who errs", /closed with 1006 before error/);

/** Which fault each check finds, by the check's id; checks of bad frames have one in common. */
export const exposures: Readonly<Record<string, Exposure>> = {
  "join-success": exposed("greets everyone", /number of join.success is 2/),
  "expiry-header": exposed("tells no deadline", /no header x-channel-expires/),
  "sequence-header": exposed("counts nothing", /from 7 to 7/),
  "unknown-channel-404": exposed("upgrades, then closes", /upgrade is made, then/),
  "hostile-channel-ids": exposed("takes any channel id", /is answered 101/),
  "no-handshake": exposed("takes any version", /Version":"12"} is answered 101/),
  "plain-get": exposed("fails on plain requests", /answered 500/),
  subprotocol: exposed("knows no subprotocols", /before join.success/),
  "health-channel": exposed("takes health for a channel", /peer of health hears/),
  "payment-flow": exposed("loses acknowledgements", /without payment.ack/),
  "wrapper-form": exposed("leaves members out", /userId must be/),
  "error-form": exposed("writes errors of its own", /origin(Key|Type) must be/),
  "no-echo": exposed("echoes", /what was echoed is "payment/),
  "body-untouched": exposed("serialises bodies anew", /the body is/),
  "headers-survive": exposed("strips headers", /X-Origin-ID is/),
  "unknown-members-survive": exposed("strips unknown members", /futureMember is/),
  "ids-survive": exposed("gives new ids", /messageId is/),
  "client-errors-travel": exposed("relays no errors", /without paymentrequest.error/),
  "mixed-dialects": exposed("has one dialect", /the dialect that/),
  "dialect-detected": exposed("has one dialect", /not both key and type/),
  "internal-is-dpp": exposed("has one dialect", /type is undefined/),
  "terms-names": exposed("has one set of names", /the name that the customer hears is "paymentrequest/),
  "terms-names-unasked": exposed("has one set of names", /type.* is "paymentrequest.create"/),
  "headers-before-first-frame": exposed("has one dialect", /a header is no list/),
  "options-of-the-server": exposed("has no 204", /status is 404/),
  "bridge-error-codes": exposed("takes every merchant's error for its own", /is "500/),
  "bridge-refusals": exposed("takes refusals for acknowledgements", /is answered 201/),
  "customers-apart": exposed("relays to all", /having heard the payment/),
  "cross-channel": exposed("trusts channel ids", /forged/),
  "customer-cannot-ack": exposed("relays to all", /forged/),
  "one-merchant": exposed("relays to all", /second/),
  "server-keys": exposed("relays to all", /proof.create/),
  "illegal-step": exposed("relays to all", /having heard it/),
  "no-way-back": exposed("answers no errors", /without error/),
  "pending-for-merchant": exposed("forgets", /without paymentrequest.create/),
  "pending-for-customer": exposed("forgets", /without payment.ack/),
  "resume-since": exposed("ignores since", /the replayed body/),
  "duplicate-payment": exposed("answers once", /without payment.ack/),
  "same-id-same-content": exposed("answers once", /without payment.ack/),
  "same-id-other-content": exposed("goes by ids", /without error/),
  "same-id-other-customer": exposed("goes by ids", /was not judged is 1/),
  "same-id-restarted-merchant": exposed("goes by ids", /neither passed on nor refused/),
  "same-idempotency-key": exposed("takes refusals for acknowledgements", /for another body is 201/),
  "bodies-unjudged": exposed("judges bodies", /without payment/),
  "bridge-bodies-unjudged": exposed("judges posted bodies", /is 400/),
  "body-warning": exposed("warns of nothing", /the warning is null/),
  "rejoin-keeps-deadline": exposed("moves the deadline", /x-channel-expires after a rejoin/),
  "channel-expires": exposed("never expires", /still open/),
  "bad-frame-binary": exposed("drops who errs", /closed with 1006/),
  "bad-frame-utf8": exposed("ignores malformed frames", /neither answered nor closed/),
  "prototype-pollution": droppedForErring,
  "proof-to-all": exposed("says something about proofs", /the body is "ok"/),
  "proof-for-absent": exposed("forgets", /without proof.create/),
  "proof-prefixed": exposed("has one path for proofs", /status is 404/),
  "proof-once": exposed("says proofs twice", /number of proof.create is 2/),
  "proof-wrong-signature": exposed("takes any proof", /tampered-node is 201/),
  "proof-half-signed": exposed("takes any proof", /public-key-without-signature is 201/),
  "proof-null-payload": exposed("takes any proof", /payload-null is 201/),
  "proof-other-transaction": exposed("takes any proof", /callbackTxId-differs is 201/),
  "proof-unknown-channel": exposed("takes any proof", /status is 201/),
  "proof-read-back": exposed("cannot be asked for proofs", /status is 404/),
  "envelopes-accepted": exposed("takes no proof", /object-payload-header-target: 400/),
  "envelopes-refused": exposed("takes any proof", /tampered-node: 201/),
  "double-spend-notice": exposed("takes double spends for proofs", /without doublespend.notify/),
  "status-without-proof": exposed("insists on paths", /path missing is answered 400/),
  "unknown-statuses": exposed("insists on known statuses", /SEEN_ON_THE_MOON.* is answered 400/),
  "proof-in-any-status": exposed("knows MINED alone", /without proof.create/),
  "batch-by-entry": exposed("sends batches back", /batch with two wrong entries is answered 400/),
  "rejected-payment": exposed("keeps rejections back", /without transaction.rejected/),
  "proof-revoked": exposed("keeps revocations back", /without proof.revoked/),
  "bump-spellings": exposed("knows one spelling", /the path \w+ is answered 400/),
  "mapi-own-proof": exposed("takes TSC alone", /status of legacy-non-tsc-proof is 400/),
  "key-encodings": exposed("takes short keys alone", /status of public-key-uncompressed is 400/),
  "member-names": exposed("fears member names", /status of member-names-of-any-kind is 400/),
  "bridge-payment": exposed("rewrites answers", /the body is/),
  "bridge-refused": exposed("takes refusals for acknowledgements", /status is 201/),
  "bridge-merchant-errors": exposed("has no 404", /status is 500/),
  "bridge-forged-ack": exposed("takes an acknowledgement from anyone", /forged/),
  "bridge-unknown-invoice": exposed("has no 404", /status of (GET|POST) is 500/),
  "bridge-bad-payment": exposed("fails on bad payments", /is 500/),
  "bridge-late-answer": exposed("gives up waiting", /status is 500/),
  "bridge-retry": exposed("knows no retries", /status is 409/),
  "bridge-events": exposed("replays from the start", /next event is another/),
  "bridge-cors": exposed("keeps pages out", /allowed origin is null/),
  "metrics-balance": exposed("counts below zero", /does not rise/),
  liveness: exposed("is never ready", /readyz is 503/),
  burst: exposed("dies of bursts", /closed|not answered/),
  "flows-side-by-side": exposed("mixes messages up", /the body of|without|what was heard/),
  order: exposed("reorders", /message \d+ is/),
  "slow-reader": exposed("freezes with its slowest reader", /without/),
  "large-payment": exposed("takes small frames only", /without payment/),
  "too-large": exposed("takes small frames only", /closed with 1009 and no word/),
  "dead-peer-leaves": exposed("dies of broken connections", /closed|without/),
};

export function exposureOf(checkId: string): Exposure | undefined {
  return checkId.startsWith("bad-frame-") ? (exposures[checkId] ?? droppedForErring) : exposures[checkId];
}
