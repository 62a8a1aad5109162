import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { recordedSocket, type Record } from "./recorded-socket.ts";

export interface RawFrameProps {
  /** Of the channel, with the token where it has one. */
  readonly socketUrl: string;
  readonly record: Record;
}

const answerWithinMs = 5_000;

/** Sends a text as it is, on a socket of its own, so that the server's refusal can be read among the frames. */
export function RawFrameView({ socketUrl, record }: RawFrameProps): VNode {
  const [text, setText] = useState('{ "key": 5 }');
  const [said, setSaid] = useState("");
  const send = (): void => {
    const Socket = recordedSocket("customer", record);
    const url = new URL(socketUrl);
    url.searchParams.set("role", "customer");
    url.searchParams.set("refusal", "close");
    const socket = new Socket(url.href);
    setSaid("Sending…");
    socket.onopen = () => {
      socket.send(text);
      setSaid("Sent. The server's answer is among the frames.");
      setTimeout(() => socket.close(), answerWithinMs);
    };
    socket.onclose = ({ code, reason }) => {
      if (code >= 4_000) setSaid(`The server closed the socket: ${String(code)} ${reason}`);
    };
  };
  return (
    <section class="card" aria-labelledby="raw-title">
      <h2 id="raw-title">Send a raw frame</h2>
      <p class="quiet small">
        As a customer, exactly as it stands here. Try a wrong one: the refusal names field and rule.
      </p>
      <div class="field">
        <label for="raw">Frame</label>
        <textarea id="raw" rows={5} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </div>
      <button type="button" class="button" onClick={send}>
        Send
      </button>
      <p class="small" role="status">
        {said}
      </p>
    </section>
  );
}
