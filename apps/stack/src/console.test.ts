import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { payInvoice } from "@p4/cli";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, inspect, looks, openBrowser, openWindow } from "./test-support/browser.ts";
import { freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

const hostile = `<img src=x onerror=alert(1)>\u202e two teas`;

// Several pages, each looked at by axe: a minute's work where the machine is very busy.
const slow = { timeout: 180_000 };

describe.skipIf(!hasBrowser)(
  "the console in a browser (skipped without Chromium; CHROMIUM_BIN names one)",
  slow,
  () => {
    const dataDir = testDir(afterAll);
    let stack: StackProcess;
    let browser: Browser;
    let urlOf: (app: string) => string;
    let paidId: string;

    beforeAll(async () => {
      stack = new StackProcess([], { ...freePorts, P4_DATA_DIR: dataDir, P4_DEMO: "off" });
      [browser] = await Promise.all([openBrowser(), stack.printed("Serving.")]);
      const { endpoints } = await readState(dataDir);
      urlOf = (app) => {
        const url = String(endpoints.find((one) => one.app === app)?.url);
        return new URL(url.replaceAll(/<.*$/g, "").replace(/^ws/, "http")).origin;
      };
      paidId = await invoice();
      await pay(paidId);
    });

    afterAll(async () => {
      await browser.close();
      await stack.end();
    });

    async function invoice(): Promise<string> {
      const body = JSON.stringify({ satoshis: 2_500, memo: hostile });
      const order = { method: "POST", headers: { "content-type": "application/json" }, body };
      const answer = (await (await fetch(`${urlOf("payd")}/api/v1/invoices`, order)).json()) as { id: string };
      return answer.id;
    }

    async function pay(id: string): Promise<void> {
      const socketUrl = `${urlOf("edge").replace(/^http/, "ws")}/ws/${id}`;
      const minerUrl = urlOf("miner");
      await payInvoice(socketUrl, { faucetUrl: minerUrl, headersUrl: minerUrl, onProgress: () => undefined });
    }

    it.each(looks)(
      "finds a paid channel, shows it and replays it by keyboard: $width px, $colorScheme",
      async (look) => {
        const { page, complaints } = await openWindow(browser, look);
        await page.goto(`${urlOf("edge")}/console?q=two+teas`);
        await page.getByRole("link", { name: paidId }).waitFor();
        await inspect(page, "console-list", look);
        await page.getByRole("link", { name: paidId }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("img", { name: "The current state is settled" }).waitFor();
        await page.getByText("the source of headers knows the block").waitFor();
        await page.locator("summary", { hasText: "paymentrequest.response" }).click();
        await inspect(page, "console-channel", look);

        await page.getByRole("slider", { name: "Point in the history" }).focus();
        await page.keyboard.press("Home");
        await page.getByRole("img", { name: "The current state is awaiting terms request" }).waitFor();
        await page.keyboard.press("ArrowRight");
        await expect.poll(() => page.url()).toContain("at=1");
        // The proofs follow; of what the log does not have it is said that it is of now.
        const proofs = page.getByRole("region", { name: "Proofs" });
        await proofs.getByText("No miner had sent a proof.").waitFor();
        const connections = page.getByRole("region", { name: "Connections" });
        await connections.getByText("Who was connected at that moment is not in the log").waitFor();
        await connections
          .getByText(/^(gone|connected|not known) now$/)
          .first()
          .waitFor();
        await page.getByText("the slider does not move this").waitFor();
        await page.getByRole("button", { name: "Compare two points" }).click();
        const compared = page.getByRole("region", { name: "Two points compared" });
        await compared.getByText("Who was connected at either is not in it").waitFor();
        await compared.getByRole("row", { name: /^Proofs none none$/ }).waitFor();
        await inspect(page, "console-replay", look);
        // The same view, linked to.
        await page.reload();
        await page.getByText("as it was at event 2").waitFor();
        expect(complaints).toEqual([]);
        await page.close();
      },
    );

    it("shows a payment as it happens, in the list and on the channel's page", async () => {
      const look = { width: 1440, colorScheme: "light" } as const;
      const [list, channel] = await Promise.all([openWindow(browser, look), openWindow(browser, look)]);
      const id = await invoice();
      await list.page.goto(`${urlOf("edge")}/console?q=${id}`);
      await channel.page.goto(`${urlOf("edge")}/console/channels/${id}`);
      await list.page.getByRole("row").filter({ hasText: id }).getByText("awaiting terms request").waitFor();
      await channel.page.getByRole("img", { name: "The current state is awaiting terms request" }).waitFor();
      await pay(id);
      await list.page.getByRole("row").filter({ hasText: id }).getByText("settled").waitFor();
      await channel.page.getByRole("img", { name: "The current state is settled" }).waitFor();
      expect([...list.complaints, ...channel.complaints]).toEqual([]);
      await Promise.all([list.page.close(), channel.page.close()]);
    });

    it("an action asks for its reason, and the timeline tells it", async () => {
      const look = { width: 360, colorScheme: "dark" } as const;
      const { page, complaints } = await openWindow(browser, look);
      await page.goto(`${urlOf("edge")}/console/channels/${await invoice()}`);
      await page.getByRole("button", { name: "Extend deadline" }).click();
      const dialog = page.getByRole("dialog", { name: "Extend deadline" });
      await dialog.getByLabel("Reason").fill("the wallet is slow");
      await inspect(page, "console-dialog", look);
      await page.keyboard.press("Enter");
      await page.getByText("the deadline is now").first().waitFor();
      await page.locator("summary", { hasText: "deadline" }).click();
      await page.getByText("(console: the wallet is slow)").waitFor();
      await page.getByRole("button", { name: "Close channel" }).click();
      await page.getByRole("dialog", { name: "Close channel" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("img", { name: "The current state is awaiting terms request" }).waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    });

    it.each(looks.filter((each) => (each.width === 360) === (each.colorScheme === "dark")))(
      "tells how the system does: $width px, $colorScheme",
      async (look) => {
        const { page, complaints } = await openWindow(browser, look);
        await page.goto(`${urlOf("edge")}/console/system`);
        await page.getByText("class fsync").waitFor();
        await page.getByText(/free/).waitFor();
        await page.getByRole("img", { name: /^Messages\. received/ }).waitFor();
        await inspect(page, "console-system", look);
        expect(complaints).toEqual([]);
        await page.close();
      },
    );

    it("what a peer wrote is text", async () => {
      const { page, complaints } = await openWindow(browser, { width: 1440, colorScheme: "dark" });
      await page.goto(`${urlOf("edge")}/console/channels/${paidId}`);
      await page.locator("bdi", { hasText: "<img src=x onerror=alert(1)>\\u202e two teas" }).waitFor();
      expect(await page.locator("main img").count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("asks once for its first rows, while its script is still being loaded", async () => {
      const { page } = await openWindow(browser, { width: 1440, colorScheme: "light" });
      await page.goto(`${urlOf("edge")}/console`);
      await page.getByRole("link", { name: paidId }).waitFor();
      const [first, second] = await page.evaluate<readonly { by: string; fromMs: number; toMs: number }[]>(
        `performance.getEntriesByType("resource").filter(({ name }) => name.includes("/api/channels"))
          .map((each) => ({ by: each.initiatorType, fromMs: each.startTime, toMs: each.responseEnd }))`,
      );
      expect(first?.by).toBe("link");
      // The script has taken that answer: what it asks for itself comes two seconds later.
      expect((second?.fromMs ?? Infinity) - (first?.toMs ?? 0)).toBeGreaterThan(1_900);
      await page.close();
    });

    it.each(looks.filter((each) => (each.width === 360) === (each.colorScheme === "dark")))(
      "says that nothing is found, and that a channel is unknown: $width px, $colorScheme",
      async (look) => {
        const { page } = await openWindow(browser, look);
        await page.goto(`${urlOf("edge")}/console`);
        await page.getByRole("searchbox", { name: "Search" }).fill("no such thing");
        await page.getByText("No channel is like that").waitFor();
        await expect.poll(() => page.url()).toContain("q=no+such+thing");
        await inspect(page, "console-nothing", look);
        await page.goto(`${urlOf("edge")}/console/channels/nosuchchannel`);
        await page.getByText("There is no channel of this name").waitFor();
        await inspect(page, "console-unknown", look);
        await page.close();
      },
    );

    it("says that the broker is away, and goes on when a killed one is back", async () => {
      const look = { width: 360, colorScheme: "dark" } as const;
      const { page } = await openWindow(browser, look);
      const { page: channel } = await openWindow(browser, look);
      await page.goto(`${urlOf("edge")}/console`);
      await channel.goto(`${urlOf("edge")}/console/channels/${paidId}`);
      await page.getByRole("link", { name: paidId }).waitFor();
      await channel.getByRole("heading", { name: "Proofs" }).waitFor();
      const pidFile = readFileSync(join(dataDir, "nats", "run", "nats-server.pid"), "utf8");
      const { pid } = (JSON.parse(pidFile) as { server: { pid: number } }).server;
      const warning = "Not live at the moment";
      process.kill(pid, "SIGSTOP");
      try {
        await Promise.all([page.getByText(warning).waitFor(), channel.getByText(warning).waitFor()]);
        expect(await page.getByRole("link", { name: paidId }).isVisible()).toBe(true);
        await inspect(page, "console-broker-away", look);
      } finally {
        process.kill(pid, "SIGKILL");
      }
      const gone = { state: "detached" } as const;
      await Promise.all([page.getByText(warning).waitFor(gone), channel.getByText(warning).waitFor(gone)]);
      await Promise.all([page.close(), channel.close()]);
    });
  },
);

describe.skipIf(!hasBrowser)("the console behind a key, in a browser (skipped without Chromium)", slow, () => {
  const dataDir = testDir(afterAll);
  const key = "the-key-of-the-operator";
  let stack: StackProcess;
  let browser: Browser;

  beforeAll(async () => {
    const own = { P4_DATA_DIR: dataDir, P4_APPS: "edge", P4_DEMO: "off" };
    await mkdir(join(dataDir, "secrets"));
    await writeFile(join(dataDir, "secrets", "console-key"), key, { mode: 0o600 });
    stack = new StackProcess([], { ...freePorts, ...own });
    [browser] = await Promise.all([openBrowser(), stack.printed("Serving.")]);
  });

  afterAll(async () => {
    await browser.close();
    await stack.end();
  });

  it.each(looks.filter((each) => (each.width === 360) === (each.colorScheme === "light")))(
    "asks for it, and then says that there is no channel yet: $width px, $colorScheme",
    async (look) => {
      const { page } = await openWindow(browser, look);
      const { endpoints } = await readState(dataDir);
      const edge = new URL(String(endpoints.find(({ app }) => app === "edge")?.url.replace(/^ws/, "http"))).origin;
      await page.goto(`${edge}/console`);
      await page.getByRole("heading", { name: "Operator's console" }).waitFor();
      await inspect(page, "console-login", look);
      await page.getByLabel("Operator's key").fill("another-key-altogether");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
      await inspect(page, "console-login-refused", look);
      await page.getByLabel("Operator's key").fill(key);
      await page.keyboard.press("Enter");
      await page.getByText("There is no channel yet").waitFor();
      await inspect(page, "console-empty", look);
      await page.close();
    },
  );
});
