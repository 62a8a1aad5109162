import { expect, it } from "vitest";
import { closeInOrder } from "./close-in-order.ts";

it("runs every step in its order, and throws the first failure once all have run", async () => {
  const log: string[] = [];
  const step = (name: string, failure?: Error) => async (): Promise<void> => {
    await Promise.resolve();
    log.push(name);
    if (failure !== undefined) throw failure;
  };
  const thrown = (): never => {
    throw new Error("not this one");
  };
  const closing = closeInOrder(step("sockets"), step("server", new Error("the first")), thrown, step("broker"));
  await expect(closing).rejects.toThrow("the first");
  expect(log).toEqual(["sockets", "server", "broker"]);
  await closeInOrder(step("again"));
  expect(log.at(-1)).toBe("again");
});
