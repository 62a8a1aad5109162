/** A frame that a wallet has sent, to be sent again from elsewhere. */
export interface SentFrame {
  /** The channel's socket, without parameters: `ws://host/ws/<channel>`. */
  readonly socketUrl: string;
  readonly text: string;
}

export type SnippetLanguage = "js" | "go" | "curl";

/** Text that sends the frame and prints the answers, in one of the languages. */
export function snippetOf(language: SnippetLanguage, frame: SentFrame): string {
  return { js, go, curl }[language](frame);
}

function js({ socketUrl, text }: SentFrame): string {
  return `const socket = new WebSocket(${JSON.stringify(socketUrl)});
socket.onopen = () => socket.send(${JSON.stringify(text)});
socket.onmessage = ({ data }) => console.log(data);
`;
}

function go({ socketUrl, text }: SentFrame): string {
  return `package main

import (
	"fmt"

	"github.com/gorilla/websocket"
)

func main() {
	conn, _, err := websocket.DefaultDialer.Dial(${JSON.stringify(socketUrl)}, nil)
	if err != nil {
		panic(err)
	}
	frame := []byte(${JSON.stringify(text)})
	if err := conn.WriteMessage(websocket.TextMessage, frame); err != nil {
		panic(err)
	}
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			panic(err)
		}
		fmt.Println(string(data))
	}
}
`;
}

/** The HTTP bridge does the same without a socket, for the two messages that a customer sends. */
function curl({ socketUrl, text }: SentFrame): string {
  const url = new URL(socketUrl);
  const channelId = url.pathname.split("/").at(-1) ?? "";
  const api = `${url.protocol === "wss:" ? "https" : "http"}://${url.host}/api/v1/payment/${channelId}`;
  const { key, body } = partsOf(text);
  if (key === "payment") {
    return `curl -s -H 'content-type: application/json' -d ${shellWord(JSON.stringify(body ?? {}))} ${shellWord(api)}\n`;
  }
  if (key === "paymentrequest.create") return `curl -s ${shellWord(api)}\n`;
  return "# The HTTP bridge has payment requests and payments alone; send this one over a socket.\n";
}

function partsOf(text: string): { readonly key?: unknown; readonly body?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Quoted so that a shell takes it as it is. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
