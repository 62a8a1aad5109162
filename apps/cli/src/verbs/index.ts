import type { Verb } from "../verb.ts";
import { channelsVerb } from "./channels.ts";
import { configVerb } from "./config.ts";
import { conformVerb } from "./conform.ts";
import { indexVerb } from "./index-rebuild.ts";
import { payVerb } from "./pay.ts";
import { recoverVerb } from "./recover.ts";
import { replayVerb } from "./replay.ts";
import { walletVerb } from "./wallet.ts";

/** In the order of the help. */
export const verbs: readonly Verb[] = [
  channelsVerb,
  replayVerb,
  recoverVerb,
  indexVerb,
  payVerb,
  walletVerb,
  conformVerb,
  configVerb,
];
