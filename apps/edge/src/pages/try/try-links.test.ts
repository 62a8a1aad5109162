import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { isSameServer, readPaymentLink } from "./payment-link.ts";
import { snippetOf } from "./snippets.ts";

describe("a payment link", () => {
  test.each([
    ["ws://127.0.0.1:8445/ws/NaRLjYPzUKHxctz8", "NaRLjYPzUKHxctz8", "127.0.0.1:8445", null],
    ["  wss://pay.example/ws/two-teas_1  ", "two-teas_1", "pay.example", null],
    ["ws://pay.example/ws/abc?token=a.b%2Bc", "abc", "pay.example", "a.b+c"],
    ["bitcoin:?sv&r=ws%3A%2F%2F127.0.0.1%3A8445%2Fws%2FNaRL", "NaRL", "127.0.0.1:8445", null],
    ["bitcoin:?sv&r=ws%3A%2F%2Fpay.example%2Fws%2Fabc%3Ftoken%3Dt", "abc", "pay.example", "t"],
    ["BITCOIN:1addr?r=wss://pay.example/ws/abc&sv", "abc", "pay.example", null],
  ])("%s is read", (text, channelId, host, token) => {
    expect(readPaymentLink(text)).toEqual({ kind: "channel", channelId, host, token });
  });

  test.each([
    ["http://127.0.0.1:8443/i/NaRLjYPz", "NaRLjYPz", "127.0.0.1:8443"],
    ["https://shop.example/pay/i/abc/?embed=1#top", "abc", "shop.example"],
    // As browsers show an address.
    ["127.0.0.1:8443/i/abc", "abc", "127.0.0.1:8443"],
    ["localhost:8443/i/abc", "abc", "localhost:8443"],
  ])("the address of a checkout page, %s, is read", (text, invoiceId, host) => {
    expect(readPaymentLink(text)).toEqual({ kind: "invoice", invoiceId, host });
  });

  test.each([
    "",
    "hello",
    "http://a/ws/b",
    "ws://a/b",
    "ws://a/i/b",
    "javascript://a/i/b",
    "http://a/i/",
    "http://a/i/b/events",
    "bitcoin:?sv",
    "bitcoin:?sv&r=http%3A%2F%2Fa%2Fi%2Fb",
    "ws://a/ws/",
    `ws://a/ws/${"x".repeat(65)}`,
  ])("%j is refused with the rule", (text) => {
    expect(readPaymentLink(text)).toMatchObject({
      kind: "none",
      rule: expect.stringContaining("payment link") as string,
    });
  });

  test.each([
    ["pay.example", "pay.example", true],
    ["127.0.0.1:8445", "localhost:8445", true],
    ["[::1]:8445", "127.0.0.1:8445", true],
    ["127.0.0.1:8445", "localhost:8446", false],
    ["127.0.0.1.evil.example:8445", "localhost:8445", false],
    ["pay.example", "pay.example:8445", false],
  ])("%s and %s are one server: %s", (left, right, same) => {
    expect(isSameServer(left, right)).toBe(same);
  });
});

describe("a sent frame as text for", () => {
  const socketUrl = "ws://127.0.0.1:8445/ws/abc";
  const text = `{"key":"payment","body":{"rawTx":"00","memo":"it's $(two) \\"teas\\""}}`;

  test("JavaScript holds the very frame", () => {
    const sent: string[] = [];
    class Socket {
      onopen = (): void => undefined;
      send(frame: string): void {
        sent.push(frame);
      }
    }
    const sockets: Socket[] = [];
    const create = class extends Socket {
      constructor() {
        super();
        sockets.push(this);
      }
    };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    new Function("WebSocket", snippetOf("js", { socketUrl, text }))(create);
    sockets[0]?.onopen();
    expect(sent).toEqual([text]);
  });

  test("curl hands the body over, whatever quotes it holds", () => {
    const command = snippetOf("curl", { socketUrl, text }).replace(/^curl/, "printf '%s\\n'");
    const words = execFileSync("sh", ["-c", command], { encoding: "utf8" }).split("\n");
    expect(words).toContain(JSON.stringify({ rawTx: "00", memo: `it's $(two) "teas"` }));
    expect(words).toContain("http://127.0.0.1:8445/api/v1/payment/abc");
    expect(snippetOf("curl", { socketUrl, text: '{"key":"paymentrequest.create"}' })).toBe(
      "curl -s 'http://127.0.0.1:8445/api/v1/payment/abc'\n",
    );
    expect(snippetOf("curl", { socketUrl, text: "no json" })).toMatch(/^#/);
  });

  test("Go is a program with the frame as a literal", () => {
    expect(snippetOf("go", { socketUrl, text })).toContain(`[]byte(${JSON.stringify(text)})`);
  });
});
