import decodeQR from "qr/decode.js";
import { expect, test } from "vitest";
import { qrCodeSvg } from "./qr-code-svg.ts";

/** The squares of the drawing, as an image of some pixels a module. */
function pixelsOf(svg: string): { width: number; height: number; data: Uint8Array } {
  const scale = 4;
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]) * scale;
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [, x, y] of svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let at = 0; at < scale * scale; at += 1) {
      const [column, row] = [Number(x) * scale + (at % scale), Number(y) * scale + Math.floor(at / scale)];
      data.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3);
    }
  }
  return { width: size, height: size, data };
}

test("a reader finds the text in the drawing", () => {
  const uri = "bitcoin:?sv&r=ws%3A%2F%2F127.0.0.1%3A8445%2Fws%2FNaRLjYPzUKHxctz8";
  expect(decodeQR(pixelsOf(qrCodeSvg(uri)))).toBe(uri);
});

test("is a document of its own without script, and white around the code", () => {
  const svg = qrCodeSvg("x");
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 29 29"/);
  expect(svg).not.toMatch(/M[0-3] \d+h1|style|script/);
});
