#!/usr/bin/env bash
# typia 12.2.1: its transform replaces every call and leaves the import, which loads a hundred files that nothing uses.
#
# With verbatimModuleSyntax (what TypeScript asks of those who erase types) the compiler drops no import, and the
# transform does not drop its own. `import typia from "typia"` pulls in the whole library and its interfaces, although
# the validators that were generated need none of it, or one small internal file each.
#
# Seen (one createIs in one file): the call is gone, the import is there; running the file loads 89 modules of typia and
# @typia/interface, running it without that line none.
#
# Why it matters: each start of each process pays for it (some 60 ms of CPU), and a bundle for browsers has to be shaken
# by hand. libs/protocol's build takes the line out.
#
# Exits 0 while it behaves so.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund typia@12.2.1 typescript@6.0.3 ts-patch@4.0.1

cat >tsconfig.json <<'JSON'
{
  "compilerOptions": {
    "target": "ES2023",
    "module": "NodeNext",
    "strict": true,
    "skipLibCheck": true,
    "types": [],
    "verbatimModuleSyntax": true,
    "outDir": "dist",
    "rootDir": ".",
    "plugins": [{ "transform": "typia/lib/transform" }]
  },
  "files": ["point.mts"]
}
JSON
cat >point.mts <<'TS'
import typia from "typia";
export const isPoint = typia.createIs<{ x: number; y: number }>();
TS
npx tspc -p .
grep -v '^import typia' dist/point.mjs >dist/without.mjs

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const loaded = [];
registerHooks({
  load(url, context, next) {
    if (/node_modules\/(typia|@typia)\//.test(url)) loaded.push(url);
    return next(url, context);
  },
});
const text = readFileSync("dist/point.mjs", "utf8");
const without = await import("./dist/without.mjs");
const alone = loaded.length;
const { isPoint } = await import("./dist/point.mjs");
console.log(`the import is there: ${/^import typia from "typia"/m.test(text)}; calls left: ${/typia\.create/.test(text)}`);
console.log(`modules of typia loaded: ${loaded.length}, without the line ${alone}`);
assert.match(text, /^import typia from "typia"/m);
assert.doesNotMatch(text, /typia\.create/);
assert.equal(alone, 0);
assert.ok(loaded.length > 50);
for (const is of [isPoint, without.isPoint]) assert.deepEqual([is({ x: 1, y: 2 }), is({ x: 1 })], [true, false]);
JS
node finding.mjs
