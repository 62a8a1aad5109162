/** JSON envelope of a callback (BRFC 298e080a4598): body of `proof.create` and `doublespend.notify`. */
export interface JsonEnvelope {
  /** The signed text itself; parse it only after the signature was checked over its bytes. */
  payload: string;
  /** DER in hexadecimal. */
  signature?: string | null;
  publicKey?: string | null;
  encoding?: string | null;
  mimetype?: string | null;
}
