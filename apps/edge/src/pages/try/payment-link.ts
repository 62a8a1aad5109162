/** What a customer's text leads to: a channel, or the checkout page of an invoice, whose channel the shop's server knows. */
export type PaymentLink =
  | {
      readonly kind: "channel";
      readonly channelId: string;
      /** Lets in where the server asks for one. */
      readonly token: string | null;
      readonly host: string;
    }
  | { readonly kind: "invoice"; readonly invoiceId: string; readonly host: string }
  | { readonly kind: "none"; readonly rule: string };

const rule =
  "must be a payment link (bitcoin:?sv&r=..., or ws://<host>/ws/<channel>), or the address of a checkout page (http://<host>/i/<invoice>)";
const none: PaymentLink = { kind: "none", rule };

/** Reads what a customer pastes: the content of a QR code, the payment URL in it, or the address of a checkout page. */
export function readPaymentLink(text: string): PaymentLink {
  const given = text.trim();
  const isUri = /^bitcoin:/i.test(given);
  const inner = isUri ? new URLSearchParams(given.slice(given.indexOf("?") + 1)).get("r") : withScheme(given);
  if (inner === null || !URL.canParse(inner)) return none;
  const { protocol, pathname, searchParams, host } = new URL(inner);
  const [, kind, id = ""] = /\/(ws|i)\/([A-Za-z0-9_-]{1,64})\/?$/.exec(pathname) ?? [];
  if (kind === "ws" && /^wss?:$/.test(protocol)) {
    return { kind: "channel", channelId: id, token: searchParams.get("token"), host };
  }
  if (kind === "i" && /^https?:$/.test(protocol) && !isUri) return { kind: "invoice", invoiceId: id, host };
  return none;
}

/** Browsers show an address without its `http://`. */
const withScheme = (text: string): string => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);

/** Whether two hosts with ports are one server, as far as their names tell: those of the loopback are all this machine. */
export function isSameServer(left: string, right: string): boolean {
  return left === right || (isLoopback(left) && isLoopback(right) && portOf(left) === portOf(right));
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
const portOf = (host: string): string => /:(\d+)$/.exec(host)?.[1] ?? "";
