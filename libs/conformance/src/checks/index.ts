import type { Check } from "../check.ts";
import { badInputChecks } from "./bad-input.ts";
import { bodyChecks } from "./bodies.ts";
import { bridgeChecks } from "./bridge.ts";
import { dialectChecks } from "./dialects.ts";
import { joinChecks } from "./join.ts";
import { loadChecks } from "./load.ts";
import { memoryChecks } from "./memory.ts";
import { messageChecks } from "./messages.ts";
import { minersNewsChecks } from "./miners-news.ts";
import { operationsChecks } from "./operations.ts";
import { proofChecks } from "./proofs.ts";
import { repeatChecks } from "./repeats.ts";
import { roleChecks } from "./roles.ts";
import { thirdDialectChecks } from "./third-dialect.ts";

export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** All that is asked of a server, in the order in which it is asked. */
export const checkGroups: readonly CheckGroup[] = [
  { title: "Joining", checks: joinChecks },
  { title: "Messages", checks: messageChecks },
  { title: "Dialects", checks: dialectChecks },
  { title: "The third dialect", checks: thirdDialectChecks },
  { title: "Roles", checks: roleChecks },
  { title: "Memory", checks: memoryChecks },
  { title: "Repeats", checks: repeatChecks },
  { title: "Bodies", checks: bodyChecks },
  { title: "Bad input", checks: badInputChecks },
  { title: "Proofs", checks: proofChecks },
  { title: "Miners' news", checks: minersNewsChecks },
  { title: "HTTP bridge", checks: bridgeChecks },
  { title: "Operations", checks: operationsChecks },
  { title: "Load", checks: loadChecks },
];

export const allChecks: readonly Check[] = checkGroups.flatMap(({ checks }) => checks);
