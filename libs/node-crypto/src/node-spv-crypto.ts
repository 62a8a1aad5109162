import type { SpvCrypto } from "@p4/spv";
import { verifyEcdsaSha256 } from "./ecdsa.ts";
import { sha256 } from "./hash.ts";

/** The OpenSSL implementation of the port: several times as fast as @bsv/sdk's (see the benchmark). */
export const nodeCrypto: SpvCrypto = { sha256, verifyEcdsaSha256 };
