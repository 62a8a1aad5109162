import { setPriority } from "node:os";
import { attacks, newTally, type AttackName } from "./attacks.ts";

/**
 * One attack in a process of its own, of the lowest priority: real attackers bring their own machines, and these must
 * not take the cores from the edge, the broker and the wallets that are measured. What they still take is the server's doing.
 */
const lowestPriority = 19;

const [port = "", name = "", size = ""] = process.argv.slice(2);
setPriority(lowestPriority);
const tally = newTally();
await attacks[name as AttackName](Number(port), Number(size), tally);
process.on("message", () => process.send?.(tally));
process.send?.({ port: 0 });
process.once("disconnect", () => process.exit(0));
