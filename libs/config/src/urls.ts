import type { Parser } from "./parsers.ts";

/**
 * An http(s) URL to which paths are added, kept as written but without a slash at its end. A login in it could not be used:
 * `fetch` refuses such a URL, with the password in its message.
 */
export const httpUrl: Parser<string> = {
  rule: "a URL that starts with http:// or https://, without user, password, query (?) and fragment (#)",
  mayHoldPassword: true,
  parse(text) {
    if (!URL.canParse(text) || /[@?#]/.test(text)) return undefined;
    const { protocol, hostname } = new URL(text);
    return ["http:", "https:"].includes(protocol) && hostname !== "" ? text.replace(/\/+$/, "") : undefined;
  },
};

/** A nats-server's URL, kept as written but without a slash at its end. */
export const natsUrl: Parser<string> = {
  rule:
    "a URL nats://[user:password@]host[:port], or tls:// for TLS, where in user and password " +
    "/ is written %2F, ? %3F, # %23, : %3A, % %25, a comma %2C",
  mayHoldPassword: true,
  parse(text) {
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
    if (!["nats:", "tls:"].includes(protocol) || hostname === "") return undefined;
    // What looks like a path is the rest of a password with a slash in it.
    if (pathname.replace(/^\/+$/, "") !== "" || search !== "" || hash !== "") return undefined;
    return username === "" && password !== "" ? undefined : text.replace(/\/+$/, "");
  },
};

/** A NATS URL that was accepted, as others may see it. */
export function withoutLogin(url: string): string {
  return url.replace(/\/\/.*@/, "//");
}

/** User and password of a NATS URL as it is written; empty for none. */
export function loginOf(url: string): string {
  const { username, password } = new URL(url);
  return username === "" ? "" : `${username}:${password}`;
}
