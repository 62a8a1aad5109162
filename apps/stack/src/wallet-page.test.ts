import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { payInvoice } from "@p4/cli";
import { describe, expect, it, onTestFinished } from "vitest";
import { hasBrowser, inspect, looks, openBrowserWithCamera, openWindow, type Look } from "./test-support/browser.ts";
import { filmOfCode } from "./test-support/camera-picture.ts";
import { testDir } from "./test-support/stack-process.ts";
import { slow, usePages } from "./test-support/use-pages.ts";

describe.skipIf(!hasBrowser)(
  "the test wallet in a browser (skipped without Chromium; CHROMIUM_BIN names one)",
  slow,
  () => {
    const { browser, urlOf, checkoutUrl } = usePages();

    it.each(looks)("the test wallet pays and checks the proof itself: $width px, $colorScheme", async (look) => {
      const { page: shop, complaints } = await openWindow(browser(), look);
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
      const { page, complaints } = await openWindow(browser(), look);
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
      const { page } = await openWindow(browser(), look);
      await page.goto(`${urlOf("edge")}/try`);
      await page.getByLabel("Payment link").fill("https://shop.example");
      await page.getByRole("button", { name: "Open request" }).click();
      await page.getByRole("alert").filter({ hasText: "must be a payment link" }).waitFor();
      await inspect(page, "wallet-bad-link", look);

      const openLink = async (link: string): Promise<void> => {
        await page.getByLabel("Payment link").fill(link);
        await page.getByRole("button", { name: "Open request" }).click();
      };
      // Of a checkout page that is not this server's own shop's it says what to paste instead.
      await openLink("https://shop.example/i/nosuchinvoice");
      await page
        .getByRole("alert")
        .filter({ hasText: "copy the payment link that stands below its QR code" })
        .waitFor();

      // A request that is left for another one has nothing to say any more, and its frames are not among the other's.
      const joins = page
        .getByRole("region", { name: "Customer's frames" })
        .locator("details", { hasText: "join.success" });
      await openLink(`${urlOf("edge").replace(/^http/, "ws")}/ws/left-open`);
      await page.getByText("No merchant has joined this channel yet").waitFor();
      await joins.first().waitFor();
      await openLink("ws://other.example/ws/opened-next");
      await page.getByText("The link names other.example").waitFor();
      await joins.first().locator("summary").click();
      await joins
        .first()
        .getByText(/"channelI[dD]": "opened-next"/)
        .waitFor();
      expect(await joins.count()).toBe(1);
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
      await openLink(uri);
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
        const { page, complaints } = await openWindow(browser(), look);
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
  },
);
