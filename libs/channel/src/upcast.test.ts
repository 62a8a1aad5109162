import { describe, expect, it } from "vitest";
import { decodeEvent } from "./event-codec.ts";
import { conversation } from "./test-support.ts";
import { join, merchant } from "./testing.ts";
import { currentSchemaVersion, upcast } from "./upcast.ts";

describe("upcast", () => {
  it("leaves an event of the current version alone", () => {
    const { stored } = conversation(join(merchant));
    const event = decodeEvent(stored[0]?.text ?? "", 1);
    expect(event.metadata.schemaVersion).toBe(currentSchemaVersion);
    expect(upcast(event)).toBe(event);
  });
});
