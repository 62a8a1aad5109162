import type { Verb } from "../verb.ts";
import { configVerb } from "./config.ts";
import { payVerb } from "./pay.ts";
import { walletVerb } from "./wallet.ts";

/** In the order of the help. */
export const verbs: readonly Verb[] = [payVerb, walletVerb, configVerb];
