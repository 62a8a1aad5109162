/** A conversation of two wallets is short. Bounds keep one channel from eating a node's memory. */
export const maxWalletEvents = 512;
/** Proofs and notices keep some room of their own, so that chatter cannot push a proof out. */
export const maxEvents = 1024;
/** Joins beyond this are served, but no longer recorded. */
export const maxRecordedJoins = 16;
