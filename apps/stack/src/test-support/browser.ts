import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import { expect } from "vitest";

/** Debian's place for it; `CHROMIUM_BIN` names another. */
const executablePath = process.env["CHROMIUM_BIN"] ?? "/usr/bin/chromium";
export const hasBrowser = existsSync(executablePath);

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...flags, "--disable-component-update", "--disable-sync", ...more] });
}

/** Its camera sees the film in this file (see `filmOfCode`), and pages may use it. */
export function openBrowserWithCamera(film: string): Promise<Browser> {
  return openBrowser([
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${film}`,
  ]);
}

export interface Look {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

/** Each page is looked at on a phone and on a desk, in both themes. */
export const looks: readonly Look[] = [
  { width: 360, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
  { width: 1440, colorScheme: "light" },
  { width: 1440, colorScheme: "dark" },
];

export interface Window {
  readonly page: Page;
  /** What the browser complained of: refused scripts and styles, failed loads, errors. */
  readonly complaints: readonly string[];
}

export async function openWindow(browser: Browser, { width, colorScheme }: Look): Promise<Window> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  // Of the windows that the page opens as well.
  const context = page.context();
  context.on("console", (message) => void (message.type() !== "log" && complaints.push(message.text())));
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.setDefaultTimeout(25_000);
  return { page, complaints };
}

/** Runs in the page. */
function hasFocus(element: unknown): boolean {
  return (
    (element as { readonly ownerDocument: { readonly activeElement: unknown } }).ownerDocument.activeElement === element
  );
}

/** Far more than any page here needs. */
const mostTabs = 100;

/** Goes to an element with the Tab key alone. Throws an Error when that does not lead there. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < mostTabs; presses += 1) {
    if (await target.evaluate(hasFocus)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${target.toString()}`);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = join(import.meta.dirname, "..", "..", "..", "..", "coverage", "screenshots");

/** Nothing sticks out, axe finds nothing serious; and a screenshot to look at, in coverage/screenshots. */
export async function inspect(page: Page, name: string, { width, colorScheme }: Look): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}-${String(width)}-${colorScheme}.png`), fullPage: true });
  expect(await page.evaluate("document.documentElement.scrollWidth"), `${name} is too wide`).toBeLessThanOrEqual(width);
  // Evaluated by the debugger, which the page's policy does not hold back.
  await page.evaluate(axe);
  const found = await page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => id + ": " + help + ": " + nodes.map(({ html }) => html.slice(0, 200)).join(" | ")))`);
  expect(found, name).toEqual([]);
}
