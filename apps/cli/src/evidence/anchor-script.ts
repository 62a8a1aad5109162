import type { Transaction } from "@p4/spv";

/** OP_FALSE OP_RETURN, then the pushes "p4-anchor" (9 bytes) and the root (32 bytes). */
const prefix = `006a09${Buffer.from("p4-anchor").toString("hex")}20`;

/** The locking script, hex, that carries the root of an anchor (64 hex digits, in the order in which it is shown). */
export function anchorScript(root: string): string {
  return prefix + root;
}

/** The roots that the transaction's outputs carry. */
export function anchorRoots({ outputs }: Pick<Transaction, "outputs">): string[] {
  return outputs
    .map(({ lockingScript }) => Buffer.from(lockingScript).toString("hex"))
    .filter((script) => script.startsWith(prefix) && script.length === prefix.length + 64)
    .map((script) => script.slice(prefix.length));
}
