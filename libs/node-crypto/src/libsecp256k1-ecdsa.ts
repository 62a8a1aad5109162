import { compactSignature } from "./compact-signature.ts";
import { sha256 } from "./hash.ts";

/** What is used of the package; it comes without types. */
interface Libsecp256k1 {
  /** Changes `signature` to low S in place. @throws unless r and s are below the order of the curve */
  signatureNormalize(signature: Uint8Array): Uint8Array;
  /** @throws for what is no signature or no point of the curve */
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
}

interface Loaded {
  readonly default: Libsecp256k1;
}

/** The addon without the package's fallback in JavaScript: fails where there is no binary. */
// @ts-expect-error: the package has no types
const loadBinary = () => import("secp256k1/bindings.js") as Promise<Loaded>;

export type VerifyEcdsa = (message: Uint8Array, signatureDer: Uint8Array, publicKeySec1: Uint8Array) => boolean;

/** Bitcoin's own library, as a native addon; null where there is no binary for this machine, or it does not work. */
export async function loadLibsecp256k1(load: () => Promise<Loaded> = loadBinary): Promise<VerifyEcdsa | null> {
  try {
    const { default: library } = await load();
    const verify = verifierOf(library);
    return works(verify) ? verify : null;
  } catch {
    return null;
  }
}

function verifierOf(library: Libsecp256k1): VerifyEcdsa {
  return (message, signatureDer, publicKeySec1) => {
    const signature = compactSignature(signatureDer);
    if (signature === null || !isPlainPoint(publicKeySec1)) return false;
    try {
      // libsecp256k1 takes low S alone.
      return library.ecdsaVerify(library.signatureNormalize(signature), sha256(message), publicKeySec1);
    } catch {
      return false;
    }
  };
}

/** libsecp256k1 would take hybrid points too. */
function isPlainPoint(point: Uint8Array): boolean {
  return point.length === 33 ? point[0] === 2 || point[0] === 3 : point.length === 65 && point[0] === 4;
}

const [key, lowS, highS] = [
  "023c72addb4fdf09af94f0c94d7fe92a386a7e70cf8a1d85916386bb2535c7b1b1",
  "30440220726d5b2c63ae5e3d66c19059c3249ee0895abf82d1e8f3f2cd72631d4aaf78bf022014bac9e3ec8fe395afb9e1cc38e1af9df837ded9f7bac81f576027fb12f60f61",
  "30450220726d5b2c63ae5e3d66c19059c3249ee0895abf82d1e8f3f2cd72631d4aaf78bf022100eb45361c13701c6a50461e33c71e5060c276fe0cb78dd81c68723691bd4031e0",
].map((hex) => Uint8Array.from(Buffer.from(hex, "hex"))) as [Uint8Array, Uint8Array, Uint8Array];

/** A binary that answers wrongly must not decide: it is asked for what is known. */
function works(verify: VerifyEcdsa): boolean {
  const [signed, other] = [Buffer.from("signed"), Buffer.from("other")];
  return [lowS, highS].every((der) => verify(signed, der, key) && !verify(other, der, key));
}
