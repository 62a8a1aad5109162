import { stat } from "node:fs/promises";
import type { HeaderSource } from "@p4/spv";
import type { HeaderIndex } from "./header-index.ts";
import { readHeaderFile } from "./header-file.ts";

interface Loaded {
  readonly stamp: string;
  readonly headers: Promise<HeaderIndex>;
}

/** Headers from a local file, read again when the file has changed. A file that cannot be read rejects the lookup. */
export function headersInFile(path: string): HeaderSource {
  let loaded: Loaded | undefined;
  return {
    async lookup(claim) {
      const { mtimeMs, size, ino } = await stat(path);
      const stamp = `${mtimeMs}.${size}.${ino}`;
      // Assigned before anything is awaited: lookups that come together share one reading.
      if (loaded?.stamp !== stamp) loaded = { stamp, headers: readHeaderFile(path) };
      return (await loaded.headers).lookup(claim);
    },
  };
}
