import type { Verb } from "../verb.ts";
import { configVerb } from "./config.ts";
import { conformVerb } from "./conform.ts";
import { payVerb } from "./pay.ts";
import { replayVerb } from "./replay.ts";
import { walletVerb } from "./wallet.ts";

/** In the order of the help. */
export const verbs: readonly Verb[] = [replayVerb, payVerb, walletVerb, conformVerb, configVerb];
