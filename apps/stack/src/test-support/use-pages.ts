import { freePort } from "@p4/nats-server/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { openBrowser } from "./browser.ts";
import { freePorts, readState, StackProcess, testDir } from "./stack-process.ts";

/** Each test walks through several pages and has axe look at each: a minute's work where the machine is very busy. */
export const slow = { timeout: 180_000 };

export interface RunningPages {
  readonly dataDir: string;
  readonly browser: () => Browser;
  /** Where an app's pages are: its origin. */
  readonly urlOf: (app: string) => string;
  /** Of a new invoice. */
  readonly checkoutUrl: () => Promise<string>;
}

/** The whole system and a browser, for the tests of one `describe`. */
export function usePages(): RunningPages {
  const dataDir = testDir(afterAll);
  const origins = new Map<string, string>();
  let stack: StackProcess | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    // The edge asks payd about invoices, which it can where its port is known beforehand.
    const paydPort = String(await freePort());
    const started = new StackProcess([], {
      ...freePorts,
      P4_PAYD_PORT: paydPort,
      P4_DATA_DIR: dataDir,
      P4_DEMO: "off",
    });
    stack = started;
    [browser] = await Promise.all([openBrowser(), started.printed("Serving.")]);
    const { endpoints } = await readState(dataDir);
    for (const { app, url } of endpoints) {
      origins.set(app, new URL(url.replaceAll(/<.*$/g, "").replace(/^ws/, "http")).origin);
    }
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.end();
  });

  const urlOf = (app: string): string => origins.get(app) ?? "";
  return {
    dataDir,
    urlOf,
    browser() {
      if (browser === undefined) throw new Error("the browser did not start");
      return browser;
    },
    async checkoutUrl() {
      const order = { method: "POST", headers: { "content-type": "application/json" }, body: '{"satoshis":2500}' };
      const answer = await fetch(`${urlOf("payd")}/api/v1/invoices`, order);
      return ((await answer.json()) as { checkoutUrl: string }).checkoutUrl;
    },
  };
}
