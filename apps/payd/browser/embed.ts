/**
 * For a shop's own pages: opens a checkout page in a dialog over them, and leads back when it is paid.
 *
 * `<script src="https://payd.example/embed.js" async></script>` and
 * `<button data-p4-checkout="https://payd.example/i/..." data-p4-return="/thanks">Pay</button>`, or
 * `p4Checkout.open(checkoutUrl, { returnTo, onChange, onClose })`.
 *
 * What it tells is for the eyes: that an invoice is paid, the shop's server learns from the API or a webhook.
 */
export interface CheckoutChange {
  readonly invoice: string;
  /** As in `CheckoutStage`. */
  readonly stage: string;
}

export interface EmbedOptions {
  /** Where to go once it is paid: a URL of http or https, relative to the page. */
  readonly returnTo?: string;
  readonly onChange?: (change: CheckoutChange) => void;
  /** With what was told last; null: nothing. */
  readonly onClose?: (last: CheckoutChange | null) => void;
}

const { currentScript } = document;
if (currentScript instanceof HTMLScriptElement) install(new URL(currentScript.src).origin);

/** So long the receipt is seen before the page leads back. */
const readingMs = 3_000;

function install(origin: string): void {
  const open = (checkoutUrl: string, options?: EmbedOptions) => openCheckout(origin, checkoutUrl, options);
  Object.assign(window, { p4Checkout: { open } });
  document.addEventListener("click", (event) => {
    const opener = (event.target as Element | null)?.closest<HTMLElement>("[data-p4-checkout]");
    const { p4Checkout, p4Return } = opener?.dataset ?? {};
    if (p4Checkout === undefined) return;
    event.preventDefault();
    open(p4Checkout, p4Return === undefined ? {} : { returnTo: p4Return });
  });
}

/** Throws TypeError for a checkout page of another server, and for a way back that is no web page. */
function openCheckout(
  origin: string,
  checkoutUrl: string,
  { returnTo, onChange, onClose }: EmbedOptions = {},
): { close(): void } {
  const pageUrl = new URL(checkoutUrl, origin);
  if (pageUrl.origin !== origin) throw new TypeError(`checkoutUrl: must be a page of ${origin}`);
  pageUrl.searchParams.set("embed", "1");
  const backUrl = returnTo === undefined ? null : new URL(returnTo, location.href);
  if (backUrl !== null && !/^https?:$/.test(backUrl.protocol)) throw new TypeError("returnTo: must be http or https");

  const { dialog, frame, button } = draw(pageUrl.href);
  let last: CheckoutChange | null = null;
  const isPaid = (): boolean => last?.stage === "accepted" || last?.stage === "proved";
  const told = ({ source, origin: from, data }: MessageEvent<unknown>): void => {
    if (source !== frame.contentWindow || from !== origin) return;
    if (isEscape(data)) return dialog.close();
    if (!isChange(data)) return;
    const wasPaid = isPaid();
    last = { invoice: data.invoice, stage: data.stage };
    onChange?.(last);
    if (wasPaid || !isPaid()) return;
    button.textContent = backUrl === null ? "Close" : "Back to the shop";
    if (backUrl !== null) setTimeout(() => dialog.close(), readingMs);
  };
  window.addEventListener("message", told);
  dialog.addEventListener("close", () => {
    window.removeEventListener("message", told);
    dialog.remove();
    onClose?.(last);
    if (backUrl !== null && isPaid()) location.assign(backUrl);
  });
  document.body.append(dialog);
  dialog.showModal();
  return { close: () => dialog.close() };
}

function isChange(data: unknown): data is CheckoutChange & { readonly type: "p4.checkout" } {
  if (typeof data !== "object" || data === null) return false;
  const { type, invoice, stage } = data as Record<string, unknown>;
  return type === "p4.checkout" && typeof invoice === "string" && typeof stage === "string";
}

/** Pressed in the frame, of which the dialog hears no key. */
function isEscape(data: unknown): boolean {
  return typeof data === "object" && data !== null && "type" in data && data.type === "p4.checkout.escape";
}

/** Styled by properties alone: a shop's policy need not allow inline styles. Light and dark as the viewer has it, like the page. */
function draw(pageUrl: string) {
  const dialog = styled("dialog", {
    colorScheme: "light dark",
    width: "min(56rem, 100vw)",
    height: "min(50rem, 100dvh)",
    maxWidth: "100vw",
    maxHeight: "100dvh",
    padding: "0",
    border: "0",
    borderRadius: "12px",
    overflow: "hidden",
  });
  dialog.setAttribute("aria-label", "Payment");
  const column = styled("div", { display: "flex", flexDirection: "column", height: "100%" });
  const button = styled("button", {
    alignSelf: "flex-end",
    margin: "8px",
    minHeight: "44px",
    padding: "0 16px",
    font: "inherit",
    cursor: "pointer",
  });
  button.type = "button";
  button.textContent = "Cancel";
  button.autofocus = true;
  button.addEventListener("click", () => dialog.close());
  const frame = styled("iframe", { flex: "1", width: "100%", border: "0" });
  frame.src = pageUrl;
  frame.title = "Payment";
  frame.allow = "clipboard-write";
  column.append(button, frame);
  dialog.append(column);
  return { dialog, frame, button };
}

function styled<Name extends "dialog" | "div" | "button" | "iframe">(name: Name, style: Partial<CSSStyleDeclaration>) {
  const element = document.createElement(name);
  Object.assign(element.style, style);
  return element;
}
