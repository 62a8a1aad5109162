/** The channel that a payment link names, and what was left aside to find it. */
export type PaymentLink =
  | { readonly ok: true; readonly channelId: string; readonly host: string }
  | { readonly ok: false; readonly rule: string };

const rule = "must be a payment link: bitcoin:?sv&r=..., or ws://<host>/ws/<channel>";

/** Reads what a customer pastes: the content of a QR code, or the payment URL in it. */
export function readPaymentLink(text: string): PaymentLink {
  const given = text.trim();
  const inner = /^bitcoin:/i.test(given) ? new URLSearchParams(given.slice(given.indexOf("?") + 1)).get("r") : given;
  if (inner === null || !URL.canParse(inner)) return { ok: false, rule };
  const url = new URL(inner);
  const channelId = /\/ws\/([A-Za-z0-9_-]{1,64})$/.exec(url.pathname)?.[1];
  if (!/^wss?:$/.test(url.protocol) || channelId === undefined) return { ok: false, rule };
  return { ok: true, channelId, host: url.host };
}
