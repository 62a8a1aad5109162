import { render } from "preact";
import type { CheckoutState } from "../src/pages/checkout-state.ts";
import { CheckoutView, type LiveParts } from "../src/pages/checkout-view.tsx";

/** Draws the checkout page again with each change that the server tells of, and once a second for the countdown. */
const root = document.getElementById("checkout");
if (root?.dataset["events"] !== undefined) follow(root, root.dataset["events"]);

function follow(root: HTMLElement, eventsUrl: string): void {
  const tryUrl = root.dataset["try"] ?? null;
  const embedded = root.dataset["embed"] !== undefined;
  let state: CheckoutState | undefined;
  let clockDifferenceMs = 0;
  let connected = true;
  let copied: LiveParts["copied"] = "no";

  const draw = (): void => {
    if (state === undefined) return;
    const live = { connected, copied, copy: () => void copy(state?.uri ?? ""), print: () => window.print() };
    const nowMs = Date.now() + clockDifferenceMs;
    render(<CheckoutView state={state} nowMs={nowMs} tryUrl={tryUrl} live={live} />, root);
  };
  const copy = async (text: string): Promise<void> => {
    copied = (await toClipboard(text)) ? "copied" : "selected";
    draw();
    setTimeout(() => {
      copied = "no";
      draw();
    }, 2_000);
  };

  let events: EventSource | undefined;
  const told = ({ data }: MessageEvent<string>): void => {
    const next = JSON.parse(data) as CheckoutState;
    state = next;
    clockDifferenceMs = next.nowMs - Date.now();
    connected = true;
    draw();
    // No more than who shows this page sees anyway, so whatever page it is may hear it.
    if (embedded) window.parent.postMessage({ type: "p4.checkout", invoice: next.id, stage: next.stage }, "*");
    // Nothing follows these; the server ends the stream, and the browser would come back for it.
    if (next.stage === "closed" || next.stage === "expired") events?.close();
  };
  const listen = (): void => {
    events = new EventSource(eventsUrl);
    events.addEventListener("state", told);
    events.addEventListener("trouble", () => {
      connected = false;
      draw();
    });
    events.addEventListener("error", () => {
      connected = false;
      draw();
      // After an answer that is no stream, such as a proxy's 502, a browser does not come back by itself.
      if (events?.readyState === EventSource.CLOSED) setTimeout(listen, 5_000);
    });
  };
  listen();
  setInterval(draw, 1_000);
  if (!embedded) return;
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") window.parent.postMessage({ type: "p4.checkout.escape" }, "*");
  });
}

/** Only pages of a secure context have the clipboard, and a browser may refuse it: then the text is selected, to be copied by hand. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.getElementById("uri") as HTMLInputElement | null;
    field?.focus();
    field?.select();
    return false;
  }
}
