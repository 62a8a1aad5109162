import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { payInvoice } from "@p4/cli";
import { verifierDocument } from "@p4/pages";
import type { Browser } from "playwright-core";
import decodeQR from "qr/decode.js";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  hasBrowser,
  inspect,
  looks,
  openBrowser,
  openBrowserWithCamera,
  openWindow,
  type Look,
} from "./test-support/browser.ts";
import { filmOfCode } from "./test-support/camera-picture.ts";
import { freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

/** The drawing's brightness, a character for each pixel (a list of numbers takes the browser's protocol 20 s). Runs in the page. */
const brightnessOfCode = `(async () => {
  const image = document.querySelector("img.qr");
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 400 });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, 400, 400);
  const { data } = context.getImageData(0, 0, 400, 400);
  let brightness = "";
  for (let at = 0; at < data.length; at += 4) brightness += String.fromCharCode(data[at]);
  return brightness;
})()`;

// Each test walks through several pages and has axe look at each: a minute's work where the machine is very busy.
const slow = { timeout: 180_000 };

describe.skipIf(!hasBrowser)("the pages in a browser (skipped without Chromium; CHROMIUM_BIN names one)", slow, () => {
  const dataDir = testDir(afterAll);
  let stack: StackProcess;
  let browser: Browser;
  let urlOf: (app: string) => string;

  beforeAll(async () => {
    stack = new StackProcess([], { ...freePorts, P4_DATA_DIR: dataDir, P4_DEMO: "off" });
    [browser] = await Promise.all([openBrowser(), stack.printed("Serving.")]);
    const { endpoints } = await readState(dataDir);
    urlOf = (app) => {
      const url = String(endpoints.find((one) => one.app === app)?.url);
      return new URL(url.replaceAll(/<.*$/g, "").replace(/^ws/, "http")).origin;
    };
  });

  async function checkoutUrl(): Promise<string> {
    const order = { method: "POST", headers: { "content-type": "application/json" }, body: '{"satoshis":2500}' };
    const answer = (await (await fetch(`${urlOf("payd")}/api/v1/invoices`, order)).json()) as { checkoutUrl: string };
    return answer.checkoutUrl;
  }

  afterAll(async () => {
    await browser.close();
    await stack.end();
  });

  it.each(looks)("a basket is paid and proved while its page looks on: $width px, $colorScheme", async (look) => {
    const { page, complaints } = await openWindow(browser, look);
    await page.goto(urlOf("payd"));
    await inspect(page, "shop", look);
    // By keyboard alone, as far as the shop goes.
    await page.locator("button", { hasText: "Check out" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "Waiting for your wallet" }).waitFor();
    await page.getByRole("button", { name: "Copy link" }).waitFor();
    await inspect(page, "checkout-waiting", look);

    const brightness = await page.evaluate<string>(brightnessOfCode);
    const data = Uint8Array.from([...brightness].flatMap((one) => [one, one, one, "\xff"].map((c) => c.charCodeAt(0))));
    const uri = decodeQR({ width: 400, height: 400, data });
    expect(await page.getByLabel("Payment link").inputValue()).toBe(uri);
    const paymentUrl = new URL(uri).searchParams.get("r") ?? "";
    const minerUrl = urlOf("miner");
    await payInvoice(paymentUrl, { faucetUrl: minerUrl, headersUrl: minerUrl, onProgress: () => undefined });

    await page.getByRole("status").filter({ hasText: "Paid and proved in block" }).waitFor();
    await page.getByRole("heading", { name: "Receipt" }).waitFor();
    await inspect(page, "checkout-proved", look);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([looks[0], looks[3]] as Look[])(
    "a shop's own page shows the checkout in a dialog: $width px, $colorScheme",
    async (look) => {
      const checkout = await checkoutUrl();
      const button = `<button data-p4-checkout="${checkout}" data-p4-return="/thanks">Pay</button>`;
      const head = `<!doctype html><html lang="en"><title>Shop</title><script src="${urlOf("payd")}/embed.js" async></script>`;
      const shop = createServer((request, response) => {
        response.setHeader("content-type", "text/html");
        response.end(request.url === "/thanks" ? `${head}<h1>Thank you</h1>` : `${head}<h1>Shop</h1>${button}`);
      });
      shop.listen(0, "127.0.0.1");
      await once(shop, "listening");
      onTestFinished(() => void shop.close());
      const shopUrl = `http://127.0.0.1:${String((shop.address() as AddressInfo).port)}`;
      const { page } = await openWindow(browser, look);
      await page.goto(shopUrl);
      await page.getByRole("button", { name: "Pay" }).click();
      const dialog = page.getByRole("dialog", { name: "Payment" });
      const frame = dialog.frameLocator("iframe");
      await frame.getByRole("status").filter({ hasText: "Waiting for your wallet" }).waitFor();
      await inspect(page, "checkout-embedded", look);
      // Closed before it is paid it leads nowhere; and what any page may say is not what the checkout page says.
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Pay" }).click();
      await page.evaluate(`window.postMessage({ type: "p4.checkout", invoice: "x", stage: "accepted" }, "*")`);
      const uri = await frame.getByLabel("Payment link").inputValue();
      await dialog.getByRole("button", { name: "Cancel" }).waitFor();

      const minerUrl = urlOf("miner");
      const paymentUrl = new URL(uri).searchParams.get("r") ?? "";
      await payInvoice(paymentUrl, { faucetUrl: minerUrl, headersUrl: minerUrl, onProgress: () => undefined });
      await dialog.getByRole("button", { name: "Back to the shop" }).waitFor();
      await page.getByRole("heading", { name: "Thank you" }).waitFor();
      expect(page.url()).toBe(`${shopUrl}/thanks`);
      await page.close();
    },
  );

  it.each(looks)("the test wallet pays and checks the proof itself: $width px, $colorScheme", async (look) => {
    const { page: shop, complaints } = await openWindow(browser, look);
    await shop.goto(urlOf("edge"));
    await inspect(shop, "landing", look);
    await shop.goto(await checkoutUrl());
    const opened = shop.context().waitForEvent("page");
    await shop.getByRole("link", { name: "Pay with the test wallet" }).click();
    const page = await opened;
    await page.getByText("asks for").waitFor();
    await inspect(page, "wallet-request", look);
    // By keyboard alone: the button has the name of what it does.
    await page.getByRole("button", { name: "Pay", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(/^Proved in block \d+$/).waitFor();
    await page.getByText("the chain's header has that root").waitFor();
    await page.locator("summary", { hasText: "paymentrequest.create" }).click();
    await page.getByRole("button", { name: "Copy as curl" }).waitFor();

    await page.getByRole("textbox", { name: "Frame" }).fill('{"key":5}');
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator("summary", { hasText: /error.*key/ }).waitFor();
    await inspect(page, "wallet-proved", look);
    // The checkout page was not left for it, and has followed the payment.
    await shop.getByRole("status").filter({ hasText: "Paid and proved in block" }).waitFor();
    expect(complaints).toEqual([]);
    await shop.context().close();
  });

  it("the test wallet plays both sides, each with its frames", async () => {
    const look = { width: 1440, colorScheme: "light" } as const;
    const { page, complaints } = await openWindow(browser, look);
    await page.goto(`${urlOf("edge")}/try`);
    await page.getByRole("button", { name: "Play both sides" }).click();
    await page.getByText("Shop in this page", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByText("Accepted by the merchant").waitFor();
    const merchant = page.getByRole("region", { name: "Merchant's frames" });
    await merchant.locator("summary", { hasText: "payment.ack" }).waitFor();
    await inspect(page, "wallet-both-sides", look);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("the test wallet says what is wrong with a link", async () => {
    const look = { width: 360, colorScheme: "light" } as const;
    const { page } = await openWindow(browser, look);
    await page.goto(`${urlOf("edge")}/try`);
    await page.getByLabel("Payment link").fill("https://shop.example");
    await page.getByRole("button", { name: "Open request" }).click();
    await page.getByRole("alert").filter({ hasText: "must be a payment link" }).waitFor();
    await inspect(page, "wallet-bad-link", look);

    // A request that is left for another one has nothing to say any more.
    for (const channelId of ["left-open", "opened-next"]) {
      await page.getByLabel("Payment link").fill(`${urlOf("edge").replace(/^http/, "ws")}/ws/${channelId}`);
      await page.getByRole("button", { name: "Open request" }).click();
      await page.getByText("Asking for the payment request").waitFor();
    }
    const received = page.locator("summary", { hasText: "receipt" });
    await received.nth(1).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);

    // A request that is paid says so in plain words.
    const checkout = await checkoutUrl();
    const { uri } = (await (await fetch(checkout)).json()) as { uri: string };
    const minerUrl = urlOf("miner");
    const onProgress = (): void => undefined;
    await payInvoice(new URL(uri).searchParams.get("r") ?? "", {
      faucetUrl: minerUrl,
      headersUrl: minerUrl,
      onProgress,
    });
    await page.getByLabel("Payment link").fill(uri);
    await page.getByRole("button", { name: "Open request" }).click();
    await page.getByRole("alert").filter({ hasText: "This request is paid already" }).waitFor();
    await page.close();
  });

  it("the test wallet reads the payment link with the camera", async () => {
    const film = join(testDir(onTestFinished), "code.y4m");
    const checkout = await checkoutUrl();
    const { uri } = (await (await fetch(checkout)).json()) as { uri: string };
    writeFileSync(film, filmOfCode(uri));
    const withCamera = await openBrowserWithCamera(film);
    try {
      const { page, complaints } = await openWindow(withCamera, { width: 360, colorScheme: "dark" });
      await page.goto(`${urlOf("edge")}/try`);
      await page.getByRole("button", { name: "Scan a QR code" }).click();
      await page.getByText("asks for").waitFor();
      expect(await page.getByLabel("Payment link").inputValue()).toBe(uri);
      // The camera is let go of.
      await page.locator("video").waitFor({ state: "detached" });
      expect(complaints).toEqual([]);
    } finally {
      await withCamera.close();
    }
  });

  it.each([looks[0], looks[3]] as Look[])(
    "the test wallet reads the payment link from a picture: $width px, $colorScheme",
    async (look) => {
      const { page, complaints } = await openWindow(browser, look);
      await page.goto(await checkoutUrl());
      const code = await page.locator("img.qr").screenshot();
      const uri = await page.getByLabel("Payment link").inputValue();
      await page.goto(`${urlOf("edge")}/try`);
      const picture = page.getByLabel("QR code from a picture");
      const file = (name: string, buffer: Buffer) => ({ name, mimeType: "image/png", buffer });
      await picture.setInputFiles(file("none.png", await page.screenshot()));
      await page.getByText("No QR code was found in this picture.").waitFor();
      await picture.setInputFiles(file("broken.png", Buffer.from("no picture")));
      await page.getByText("This file is no picture").waitFor();
      // Without a camera the page says so.
      await page.getByRole("button", { name: "Scan a QR code" }).click();
      await page.getByText("A picture of the QR code will do.").waitFor();
      await inspect(page, "wallet-scan", look);
      await picture.setInputFiles(file("code.png", code));
      await page.getByText("asks for").waitFor();
      expect(await page.getByLabel("Payment link").inputValue()).toBe(uri);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  describe("the verifier", () => {
    const sample = readFileSync(join(import.meta.dirname, "../../../libs/evidence/samples/settled-1.p4e"));

    it.each(looks)("says what a file proves, once the key is known: $width px, $colorScheme", async (look) => {
      const { page, complaints } = await openWindow(browser, look);
      await page.goto(`${urlOf("edge")}/verify`);
      await inspect(page, "verify-empty", look);
      await page.getByLabel(/^Evidence file/).setInputFiles({ name: "a.p4e", mimeType: "", buffer: sample });
      await page.getByRole("status").filter({ hasText: "whose key signed it is not known" }).waitFor();
      const key = (await page.locator("dt", { hasText: "Signed by" }).locator("+ dd").textContent()) ?? "";
      await page.getByLabel(/public key/).fill(key);
      await page.keyboard.press("Enter");
      await page.getByRole("status").filter({ hasText: "This evidence holds." }).waitFor();
      await inspect(page, "verify-holds", look);
      await page.getByLabel(/public key/).fill("02ab");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").filter({ hasText: "Public key: must be" }).waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("works from a file on disk without a network, and finds each of 200 changed bytes", async () => {
      const file = join(testDir(onTestFinished), "verify.html");
      writeFileSync(file, verifierDocument());
      const context = await browser.newContext({ offline: true });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      await page.goto(pathToFileURL(file).href);
      const verdictOn = async (buffer: Buffer, name: string): Promise<string> => {
        await page.getByLabel(/^Evidence file/).setInputFiles({ name, mimeType: "", buffer });
        await page.locator("dd", { hasText: name }).waitFor();
        return (await page.getByRole("status").textContent()) ?? "";
      };
      expect(await verdictOn(sample, "good.p4e")).toContain("Nothing is wrong with the file");
      const found: string[] = [];
      for (let count = 0; count < 200; count += 1) {
        const changed = Buffer.from(sample);
        const at = Math.floor((count * sample.length) / 200);
        changed[at] = (changed[at] ?? 0) ^ 1;
        found.push(await verdictOn(changed, `changed-${String(count)}.p4e`));
      }
      expect(found.filter((verdict) => !verdict.includes("does not hold"))).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });

  it("a checkout page tells without script what it tells with it", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(urlOf("payd"));
    await page.getByRole("button", { name: "Check out" }).click();
    await page.getByText("Waiting for your wallet").waitFor();
    expect(await page.locator("h1").textContent()).toBe("1,500 satoshis");
    expect(await page.locator("img.qr").isVisible()).toBe(true);
    await context.close();
  });

  it("a checkout page says that the broker is away, and goes on when it is back", async () => {
    const { page } = await openWindow(browser, { width: 360, colorScheme: "light" });
    await page.goto(await checkoutUrl());
    const warning = page.getByText("Live updates are interrupted");
    await page.getByRole("button", { name: "Copy link" }).waitFor();
    expect(await warning.isVisible()).toBe(false);
    const pidFile = readFileSync(join(dataDir, "nats", "run", "nats-server.pid"), "utf8");
    const { pid } = (JSON.parse(pidFile) as { server: { pid: number } }).server;
    process.kill(pid, "SIGSTOP");
    try {
      await warning.waitFor();
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await warning.waitFor({ state: "detached" });
    expect(await page.getByText("Waiting for your wallet").isVisible()).toBe(true);
    await page.close();
  });

  it("an unknown invoice has a page that says so", async () => {
    const look = { width: 360, colorScheme: "dark" } as const;
    const { page } = await openWindow(browser, look);
    await page.goto(`${urlOf("payd")}/i/nosuchinvoice`);
    await page.getByRole("heading", { name: "There is no such invoice" }).waitFor();
    await inspect(page, "checkout-unknown", look);
    await page.close();
  });
});
