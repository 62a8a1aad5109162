import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { payInvoice } from "@p4/cli";
import { verifierDocument } from "@p4/pages";
import decodeQR from "qr/decode.js";
import { describe, expect, it, onTestFinished } from "vitest";
import { hasBrowser, inspect, looks, openWindow, tabTo, type Look } from "./test-support/browser.ts";
import { testDir } from "./test-support/stack-process.ts";
import { slow, usePages } from "./test-support/use-pages.ts";

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

describe.skipIf(!hasBrowser)("the pages in a browser (skipped without Chromium; CHROMIUM_BIN names one)", slow, () => {
  const { browser, dataDir, urlOf, checkoutUrl } = usePages();

  it.each(looks)(
    "by keyboard from the basket to the replay, in three windows: $width px, $colorScheme",
    async (look) => {
      const { page, complaints } = await openWindow(browser(), look);
      await page.goto(urlOf("payd"));
      await inspect(page, "shop", look);
      await tabTo(page, page.getByRole("button", { name: "Check out" }));
      await page.keyboard.press("Enter");
      await page.getByRole("status").filter({ hasText: "Waiting for your wallet" }).waitFor();
      await page.getByRole("button", { name: "Copy link" }).waitFor();
      await inspect(page, "checkout-waiting", look);
      const brightness = await page.evaluate<string>(brightnessOfCode);
      const data = Uint8Array.from(
        [...brightness].flatMap((one) => [one, one, one, "\xff"].map((c) => c.charCodeAt(0))),
      );
      const uri = decodeQR({ width: 400, height: 400, data });
      expect(await page.getByLabel("Payment link").inputValue()).toBe(uri);

      const operator = await openWindow(browser(), look);
      const state = (name: string) => operator.page.getByRole("img", { name: `The current state is ${name}` });
      await operator.page.goto(
        `${urlOf("edge")}/console/channels/${String(new URL(page.url()).pathname.split("/").at(-1))}`,
      );
      await state("awaiting terms request").waitFor();

      // What a person copies from the browser's bar.
      const wallet = await openWindow(browser(), look);
      await wallet.page.goto(`${urlOf("edge")}/try`);
      await tabTo(wallet.page, wallet.page.getByLabel("Payment link"));
      await wallet.page.keyboard.insertText(page.url());
      await wallet.page.keyboard.press("Enter");
      await wallet.page.getByText("asks for").waitFor();
      await page.getByRole("status").filter({ hasText: "A wallet has opened this request" }).waitFor();
      await state("awaiting payment").waitFor();
      await tabTo(wallet.page, wallet.page.getByRole("button", { name: "Pay", exact: true }));
      await wallet.page.keyboard.press("Enter");
      await wallet.page.getByText(/^Proved in block \d+$/).waitFor();

      await page.getByRole("status").filter({ hasText: "Paid and proved in block" }).waitFor();
      await page.getByRole("heading", { name: "Receipt" }).waitFor();
      const steps = page.getByRole("list", { name: "Progress" }).locator("li.done");
      expect(await steps.allTextContents()).toEqual(["Asked", "Checked", "Accepted", "Proved"]);
      await inspect(page, "checkout-proved", look);
      const print = page.getByRole("button", { name: "Print the receipt" });
      expect(await print.isVisible()).toBe(true);
      await page.emulateMedia({ media: "print" });
      expect(await print.isVisible()).toBe(false);

      await state("settled").waitFor();
      await tabTo(operator.page, operator.page.getByRole("slider", { name: "Point in the history" }));
      await operator.page.keyboard.press("Home");
      await state("awaiting terms request").waitFor();
      await operator.page.keyboard.press("End");
      await state("settled").waitFor();
      expect([...complaints, ...operator.complaints, ...wallet.complaints]).toEqual([]);
      await Promise.all([page, operator.page, wallet.page].map((each) => each.close()));
    },
  );

  it("a checkout page copies its link, or selects it where the browser does not let it", async () => {
    const { page, complaints } = await openWindow(browser(), { width: 360, colorScheme: "light" });
    const checkout = await checkoutUrl();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(checkout);
    // It says so for two seconds: waited for from before it is asked.
    const copyAnd = (said: string) =>
      Promise.all([
        page.getByRole("button", { name: said }).waitFor(),
        page.getByRole("button", { name: "Copy link" }).click(),
      ]);
    await copyAnd("Copied");
    const uri = await page.getByLabel("Payment link").inputValue();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(uri);
    await page.addInitScript(`Object.defineProperty(navigator, "clipboard", { value: undefined })`);
    await page.reload();
    await copyAnd("Selected: copy it now");
    expect(await page.evaluate(`[document.activeElement.id, document.activeElement.selectionEnd]`)).toEqual([
      "uri",
      uri.length,
    ]);
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
      const { page } = await openWindow(browser(), look);
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

  describe("the verifier", () => {
    const sample = readFileSync(join(import.meta.dirname, "../../../libs/evidence/samples/settled-1.p4e"));

    it.each(looks)("says what a file proves, once the key is known: $width px, $colorScheme", async (look) => {
      const { page, complaints } = await openWindow(browser(), look);
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
      const context = await browser().newContext({ offline: true });
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
    const context = await browser().newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(urlOf("payd"));
    await page.getByRole("button", { name: "Check out" }).click();
    await page.getByText("Waiting for your wallet").waitFor();
    expect(await page.locator("h1").textContent()).toBe("1,500 satoshis");
    expect(await page.locator("img.qr").isVisible()).toBe(true);
    await context.close();
  });

  it("pages say that the broker is away, and go on when a killed one is back", async () => {
    const { page } = await openWindow(browser(), { width: 360, colorScheme: "light" });
    const { page: wallet } = await openWindow(browser(), { width: 360, colorScheme: "dark" });
    await page.goto(await checkoutUrl());
    await wallet.goto(`${urlOf("edge")}/try#${encodeURIComponent(page.url())}`);
    await wallet.getByText("asks for").waitFor();
    const warnings = [page.getByText("Live updates are interrupted"), wallet.getByText("Interrupted at the moment")];
    await page.getByRole("button", { name: "Copy link" }).waitFor();
    expect(await warnings[0]?.isVisible()).toBe(false);
    const pidFile = readFileSync(join(dataDir, "nats", "run", "nats-server.pid"), "utf8");
    const { pid } = (JSON.parse(pidFile) as { server: { pid: number } }).server;
    process.kill(pid, "SIGSTOP");
    try {
      await Promise.all(warnings.map((warning) => warning.waitFor()));
      await inspect(wallet, "wallet-broker-away", { width: 360, colorScheme: "dark" });
    } finally {
      process.kill(pid, "SIGKILL");
    }
    await Promise.all(warnings.map((warning) => warning.waitFor({ state: "detached" })));
    expect(await page.getByText("A wallet has opened this request").isVisible()).toBe(true);
    // Nothing is lost: the same request is paid.
    await wallet.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "Paid and proved in block" }).waitFor();
    await Promise.all([page.close(), wallet.close()]);
  });

  it("an unknown invoice has a page that says so", async () => {
    const look = { width: 360, colorScheme: "dark" } as const;
    const { page } = await openWindow(browser(), look);
    await page.goto(`${urlOf("payd")}/i/nosuchinvoice`);
    await page.getByRole("heading", { name: "There is no such invoice" }).waitFor();
    await inspect(page, "checkout-unknown", look);
    await page.close();
  });
});
