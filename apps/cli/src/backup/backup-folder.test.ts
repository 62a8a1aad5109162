import { expect, it, vi } from "vitest";
import { writeSnapshot } from "./backup-folder.ts";

vi.mock("node:fs/promises", async (original) => ({
  ...(await original<object>()),
  open: async () => ({
    writeFile: async () => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    },
    close: async () => undefined,
  }),
}));

it("tells of a full disk what it is, and what to do", async () => {
  const saving = writeSnapshot("backup.part", "KV_P4_RECORDS_local", async (write) => {
    await write(new Uint8Array(10));
    throw new Error("the chunk is not on the disk");
  });
  await expect(saving).rejects.toMatchObject({
    kind: "failed",
    code: "CANNOT_WRITE",
    message: "cannot write backup.part/KV_P4_RECORDS_local.snapshot: ENOSPC: no space left on device, write",
    nextStep: expect.stringContaining("Free space") as unknown,
  });
});
