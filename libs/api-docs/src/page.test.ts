import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { messageCatalogue } from "@p4/protocol";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docsRoutes } from "./docs-routes.ts";
import { describedOperations } from "./openapi/openapi.ts";
import { exampleErrors } from "./test-support.ts";

const executablePath = process.env["CHROMIUM_BIN"] ?? "/usr/bin/chromium";
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

describe.skipIf(!existsSync(executablePath))(
  "the page in a browser (skipped without Chromium; CHROMIUM_BIN names one)",
  () => {
    let server: Server;
    let browser: Browser;
    let url: string;

    beforeAll(async () => {
      const routes = docsRoutes({ routes: describedOperations, sockets: [], ...exampleErrors });
      server = createServer((request, response) => {
        const answer = routes.find(({ path }) => path === request.url)?.handle();
        response.writeHead(answer?.status ?? 404, answer?.headers).end(answer?.body);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/docs`;
      browser = await chromium.launch({
        executablePath,
        args: [...flags, "--disable-component-update", "--disable-sync"],
      });
    });

    afterAll(async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    });

    async function open(width: number, colorScheme: "light" | "dark"): Promise<{ page: Page; complaints: string[] }> {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(url);
      return { page, complaints };
    }

    it.each([
      [360, "light"],
      [360, "dark"],
      [1440, "light"],
      [1440, "dark"],
    ] as const)(
      "reads well at %i px, %s: nothing sticks out, contrast is enough, the console is quiet",
      async (width, scheme) => {
        const { page, complaints } = await open(width, scheme);
        await page.evaluate(`document.querySelectorAll("details").forEach((each) => { each.open = true; })`);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
        expect(await page.evaluate(lowestContrast)).toBeGreaterThanOrEqual(4.5);
        expect(complaints).toEqual([]);
        await page.close();
      },
    );

    it("can be used by keyboard and screen reader: one h1, ordered headings, a way past the head, details that open", async () => {
      const { page } = await open(360, "light");
      expect(await page.locator("h1").count()).toBe(1);
      expect(await page.locator("html").getAttribute("lang")).toBe("en");
      const levels = await page.evaluate<number[]>(
        `[...document.querySelectorAll("h1,h2,h3")].map((each) => +each.tagName[1])`,
      );
      expect(levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1)).toBe(true);
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("To the messages");
      const summary = page.locator("#message-payment\\.ack summary");
      await summary.focus();
      await page.keyboard.press("Enter");
      expect(await page.locator("#message-payment\\.ack pre").first().isVisible()).toBe(true);
      await page.close();
    });

    it("lists every message and route, and its links lead somewhere", async () => {
      const { page } = await open(1440, "light");
      const summaries = await page.locator("summary code").allTextContents();
      expect(summaries).toEqual([
        ...messageCatalogue.map(({ key }) => key),
        ...summaries.slice(messageCatalogue.length),
      ]);
      for (const { method, path } of describedOperations) expect(summaries).toContain(`${method} ${path}`);
      const links = await page.evaluate<string[]>(`[...document.links].map((each) => each.getAttribute("href"))`);
      for (const link of links) {
        if (link.startsWith("#")) expect(await page.locator(link).count(), link).toBe(1);
        else expect((await fetch(new URL(link, url))).status, link).toBe(200);
      }
      await page.close();
    });
  },
);

/** The lowest contrast of any text with what is behind it, as WCAG 2 reckons it. Runs in the page. */
const lowestContrast = `(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll("body *")].filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""));
  return Math.min(...texts.map((each) => {
    const [a, b] = [light(parse(getComputedStyle(each).color)), light(behind(each))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
})()`;
