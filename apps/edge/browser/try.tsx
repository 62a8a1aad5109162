import type { MerchantSession } from "@p4/client";
import { render, type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isSameServer } from "../src/pages/try/payment-link.ts";
import { peerText } from "../src/pages/try/peer-text.ts";
import { findChannel } from "./try/find-channel.ts";
import { FramesView } from "./try/frames-view.tsx";
import { RawFrameView } from "./try/raw-frame-view.tsx";
import type { RecordedFrame } from "./try/recorded-socket.ts";
import { ScanView } from "./try/scan-view.tsx";
import { ServerNotice } from "./try/server-notice.tsx";
import { openShop } from "./try/shop.ts";
import { Wallet, type WalletState } from "./try/wallet.ts";
import { WalletView } from "./try/wallet-view.tsx";

/** Beyond, the oldest go. */
const maxFrames = 200;

/** This server's own socket of a channel: its pages may call no other server, and any edge serves any channel. */
function socketUrlOf(channelId: string): string {
  return `${location.origin.replace(/^http/, "ws")}/ws/${channelId}`;
}

/** The channel that the page stands at. */
interface Opened {
  readonly channelId: string;
  readonly socketUrl: string;
  /** The same with the token that lets in, where there is one. */
  readonly joinUrl: string;
  /** That the link names, where it is another server; null: this one. */
  readonly otherHost: string | null;
}

/** The link in the page's own address, as the checkout page puts it there. */
function linkInAddress(): string {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function TestWallet(): VNode {
  const [link, setLink] = useState(linkInAddress);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [state, setState] = useState<WalletState | null>(null);
  const [frames, setFrames] = useState<readonly RecordedFrame[]>([]);
  const wallet = useRef<Wallet | null>(null);
  const shop = useRef<MerchantSession | null>(null);
  const turn = useRef(0);

  const record = (frame: Omit<RecordedFrame, "id">): void =>
    setFrames((all) => [...all, { ...frame, id: (all.at(-1)?.id ?? 0) + 1 }].slice(-maxFrames));

  const open = async (text: string): Promise<void> => {
    const mine = (turn.current += 1);
    setLink(text);
    try {
      const { channelId, token, host } = await findChannel(text);
      // Another one was opened meanwhile.
      if (mine !== turn.current) return;
      const socketUrl = socketUrlOf(channelId);
      const joinUrl = token === null ? socketUrl : `${socketUrl}?token=${encodeURIComponent(token)}`;
      setTrouble(null);
      setOpened({ channelId, socketUrl, joinUrl, otherHost: isSameServer(host, location.host) ? null : host });
      history.replaceState(null, "", `#${encodeURIComponent(text.trim())}`);
      wallet.current?.close();
      wallet.current = new Wallet(joinUrl, record, setState);
      void wallet.current.open();
    } catch (error) {
      if (mine === turn.current) setTrouble(wordsOf(error));
    }
  };

  const playBoth = async (): Promise<void> => {
    shop.current?.close();
    const socketUrl = socketUrlOf(`try-${crypto.randomUUID()}`);
    try {
      shop.current = await openShop(socketUrl, record);
      await open(socketUrl);
    } catch (error) {
      setTrouble(wordsOf(error));
    }
  };

  useEffect(() => {
    const openAddress = (): void => {
      const text = linkInAddress();
      if (text !== "") void open(text);
    };
    openAddress();
    window.addEventListener("hashchange", openAddress);
    return () => window.removeEventListener("hashchange", openAddress);
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
              void open(link);
            }}
          >
            <div class="field">
              <label for="link">Payment link or checkout page</label>
              <input
                id="link"
                class="mono"
                value={link}
                placeholder="bitcoin:?sv&r=…, ws://…/ws/… or http://…/i/…"
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
            <ScanView onLink={(text) => void open(text)} />
            {trouble !== null && (
              <p class="notice bad" role="alert">
                {peerText(trouble)}
              </p>
            )}
            {opened !== null && opened.otherHost !== null && (
              <p class="notice">
                The link names {opened.otherHost}. This page asks its own server for the channel, which has it if both
                are of one system.
              </p>
            )}
          </form>
          {state !== null && <WalletView state={state} onPay={() => void wallet.current?.pay()} />}
          {opened !== null && <RawFrameView key={opened.joinUrl} socketUrl={opened.joinUrl} record={record} />}
        </div>
        <FramesView
          frames={frames.filter(({ socketUrl }) => socketUrl === opened?.socketUrl)}
          channelId={opened?.channelId ?? null}
        />
      </div>
      <ServerNotice />
    </div>
  );
}

const root = document.getElementById("try");
if (root !== null) {
  root.replaceChildren();
  render(<TestWallet />, root);
}
