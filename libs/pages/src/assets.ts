import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { gzipSync } from "node:zlib";
import { problem, type HttpRoute } from "@p4/http";

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

interface Asset {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly zipped: Uint8Array;
}

/** Scripts and styles, each under a URL that changes with its content. */
export interface Assets {
  /** The URL of `checkout.js`. Throws where it was not bundled. */
  readonly url: (name: string) => string;
  /** Serves them. */
  readonly route: HttpRoute;
  /** Serves one for pages of other origins, under a path that stays when its content changes. */
  readonly publicRoute: (path: string, name: string) => HttpRoute;
}

/** Reads what was bundled into these directories, with the design that all pages share. */
export function loadAssets(...directories: readonly string[]): Assets {
  const [urls, assets] = [new Map<string, string>(), new Map<string, Asset>()];
  for (const directory of [join(import.meta.dirname, "../dist/browser"), ...directories]) {
    for (const file of readdirSync(directory)) {
      const { name, ext } = parse(file);
      const contentType = contentTypes[ext];
      if (contentType === undefined) continue;
      const bytes = readFileSync(join(directory, file));
      const hashed = `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}${ext}`;
      urls.set(file, `/assets/${hashed}`);
      assets.set(hashed, { contentType, bytes, zipped: gzipSync(bytes) });
    }
  }
  const url = (name: string): string => {
    const found = urls.get(name);
    if (found === undefined) throw new Error(`${name} was not bundled: build again`);
    return found;
  };
  return {
    url,
    route: {
      method: "GET",
      path: "/assets/:file",
      handle: ({ params, headers }) => answer(params["file"] ?? "", headers, unchanging),
    },
    publicRoute: (path, name) => {
      const file = url(name).slice("/assets/".length);
      return { method: "GET", path, handle: ({ headers }) => answer(file, headers, forOthers) };
    },
  };

  function answer(file: string, headers: ReadonlyMap<string, string>, rules: Readonly<Record<string, string>>) {
    const asset = assets.get(file);
    if (asset === undefined) return problem(404, { code: "PAGE_ASSET_UNKNOWN", title: "no such asset" });
    const zips = /(^|,)\s*gzip\s*(,|$)/i.test(headers.get("accept-encoding") ?? "");
    return {
      status: 200,
      headers: {
        "content-type": asset.contentType,
        "x-content-type-options": "nosniff",
        vary: "accept-encoding",
        ...rules,
        ...(zips && { "content-encoding": "gzip" }),
      },
      body: zips ? asset.zipped : asset.bytes,
    };
  }
}

const unchanging = {
  "cache-control": "public, max-age=31536000, immutable",
  "cross-origin-resource-policy": "same-origin",
};
const forOthers = { "cache-control": "public, max-age=3600", "cross-origin-resource-policy": "cross-origin" };
