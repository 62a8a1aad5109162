import type { Dialect } from "@p4/protocol";

/** The server under test. */
export interface Target {
  /** `ws://host:port/ws`: channels are below it. */
  readonly socketBase: string;
  /** `http://host:port`, or null when the server's HTTP surface is not to be tested. */
  readonly httpBase: string | null;
  readonly dialect: Dialect;
}

/** Null when the text is no ws:// or wss:// URL. Without a path, `/ws` is meant. */
export function readSocketBase(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "ws:" && url.protocol !== "wss:") return null;
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.protocol}//${url.host}${path === "" ? "/ws" : path}`;
}

/** The default base of the HTTP routes: beside `/ws`. */
export function httpBaseOf(socketBase: string): string {
  const url = new URL(socketBase);
  return `${url.protocol === "wss:" ? "https" : "http"}://${url.host}${url.pathname.replace(/\/ws$/, "")}`.replace(
    /\/$/,
    "",
  );
}
