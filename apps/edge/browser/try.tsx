import type { MerchantSession } from "@p4/client";
import { render, type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { readPaymentLink } from "../src/pages/try/payment-link.ts";
import { FramesView } from "./try/frames-view.tsx";
import { RawFrameView } from "./try/raw-frame-view.tsx";
import type { RecordedFrame } from "./try/recorded-socket.ts";
import { ScanView } from "./try/scan-view.tsx";
import { openShop } from "./try/shop.ts";
import { Wallet, type WalletState } from "./try/wallet.ts";
import { WalletView } from "./try/wallet-view.tsx";

/** Beyond, the oldest go. */
const maxFrames = 200;

/** This server's own socket of a channel: its pages may call no other server, and any edge serves any channel. */
function socketUrlOf(channelId: string): string {
  return `${location.origin.replace(/^http/, "ws")}/ws/${channelId}`;
}

function TestWallet(): VNode {
  const [link, setLink] = useState(decodeURIComponent(location.hash.slice(1)));
  const [trouble, setTrouble] = useState<string | null>(null);
  const [state, setState] = useState<WalletState | null>(null);
  const [frames, setFrames] = useState<readonly RecordedFrame[]>([]);
  const wallet = useRef<Wallet | null>(null);
  const shop = useRef<MerchantSession | null>(null);

  const record = (frame: Omit<RecordedFrame, "id">): void =>
    setFrames((all) => [...all, { ...frame, id: (all.at(-1)?.id ?? 0) + 1 }].slice(-maxFrames));

  const open = (text: string): void => {
    const read = readPaymentLink(text);
    setTrouble(read.ok ? null : `Payment link: ${read.rule}`);
    if (!read.ok) return;
    wallet.current?.close();
    history.replaceState(null, "", `#${encodeURIComponent(text.trim())}`);
    wallet.current = new Wallet(socketUrlOf(read.channelId), record, setState);
    void wallet.current.open();
  };

  const playBoth = async (): Promise<void> => {
    shop.current?.close();
    setFrames([]);
    const socketUrl = socketUrlOf(`try-${crypto.randomUUID()}`);
    setLink(socketUrl);
    try {
      shop.current = await openShop(socketUrl, record);
      open(socketUrl);
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    }
  };

  useEffect(() => {
    if (link !== "") open(link);
  }, []);

  return (
    <div class="try">
      <div>
        <h1>Test wallet</h1>
        <p class="quiet">
          A customer's wallet in this page, with coins of the development chain. They are worth nothing, and each
          payment gets fresh ones.
        </p>
      </div>
      <div class="columns">
        <div class="stack">
          <form
            class="card"
            onSubmit={(event) => {
              event.preventDefault();
              open(link);
            }}
          >
            <div class="field">
              <label for="link">Payment link</label>
              <input
                id="link"
                class="mono"
                value={link}
                placeholder="bitcoin:?sv&r=… or ws://…/ws/…"
                autoComplete="off"
                spellcheck={false}
                onInput={({ currentTarget }) => setLink(currentTarget.value)}
              />
            </div>
            <div class="actions">
              <button type="submit" class="button primary">
                Open request
              </button>
              <button type="button" class="button" onClick={() => void playBoth()}>
                Play both sides
              </button>
            </div>
            <ScanView
              onLink={(text) => {
                setLink(text);
                open(text);
              }}
            />
            {trouble !== null && (
              <p class="notice bad" role="alert">
                {trouble}
              </p>
            )}
          </form>
          {state !== null && <WalletView state={state} onPay={() => void wallet.current?.pay()} />}
          {state !== null && <RawFrameView socketUrl={socketUrlOf(state.channelId)} record={record} />}
        </div>
        <FramesView frames={frames} />
      </div>
    </div>
  );
}

const root = document.getElementById("try");
if (root !== null) {
  root.replaceChildren();
  render(<TestWallet />, root);
}
