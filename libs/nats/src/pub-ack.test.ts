import { expect, it, vi } from "vitest";
import { createEventLog } from "./event-log.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();

it("takes only what was stored for a sign of life: a leader without its followers still refuses", async () => {
  const broker = await nats.connect();
  const answered = vi.spyOn(broker, "answered");
  const log = createEventLog(broker, settings);
  const append = (eventId: string) =>
    log.appendToStream({ channelId: "sign", eventId, bytes: new Uint8Array(10), expectedStreamVersion: 0 });
  await append("first");
  expect(answered).toHaveBeenCalledWith("append");
  answered.mockClear();
  await expect(append("second")).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
  expect(answered).not.toHaveBeenCalledWith("append");
});
