import { planCopy, planSwitch } from "@p4/regions";
import { expect, test, vi } from "vitest";
import { provision } from "../provision.ts";
import { useSites } from "../test-support/use-sites.ts";
import { performStep } from "./perform-step.ts";
import { surveyRegion } from "./survey-region.ts";
import { watchHome } from "./watch-home.ts";

const settings = { region: "eu", shards: 1, replicas: 1, retentionMs: 86_400_000 };
const sites = useSites("a", "b");

test("a home that leaves is noticed once, and stays gone for this process when it comes back", async () => {
  const [a, b] = [await sites.connect("a"), await sites.connect("b")];
  const brokers = new Map([
    ["a", a],
    ["b", b],
  ]);
  await provision(a, settings);
  const run = async (plan: (state: Awaited<ReturnType<typeof surveyRegion>>) => ReturnType<typeof planCopy>) => {
    const options = { region: "eu", sites: brokers, replicas: 1, keepTail: () => Promise.resolve() };
    for (const step of plan(await surveyRegion(brokers, "eu")).steps) await performStep(step, options);
  };
  const onMoved = vi.fn();
  const watch = watchHome(a, { ...settings, onMoved });
  await run((state) => planCopy(state, "b"));
  expect(watch.trouble).toBeNull();
  await run((state) => planSwitch(state, "b"));
  await vi.waitFor(() => expect(watch.trouble).toContain("moved"), { timeout: 30_000 });
  await run((state) => planSwitch(state, "a"));
  expect(watch.trouble).toContain("moved");
  expect(onMoved).toHaveBeenCalledTimes(1);
  watch.stop();
});
