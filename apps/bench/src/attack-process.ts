import { attacks, type AttackName } from "./attacks.ts";

/** One attack in a process of its own: it must not share a core's time with the measuring client more than it has to. */
const [port = "", name = "", size = ""] = process.argv.slice(2);
await attacks[name as AttackName](Number(port), Number(size));
process.send?.({ port: 0 });
process.once("disconnect", () => process.exit(0));
