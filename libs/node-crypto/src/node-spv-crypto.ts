import type { SpvCrypto } from "@p4/spv";
import { verifyEcdsaSha256 } from "./ecdsa.ts";
import { sha256 } from "./hash.ts";

/** The port by native code: many times as fast as @bsv/sdk (see DESIGN.md). */
export const nodeCrypto: SpvCrypto = { sha256, verifyEcdsaSha256 };
