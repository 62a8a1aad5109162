import type { Verb } from "../verb.ts";
import { anchorVerb } from "./anchor.ts";
import { archiveVerb } from "./archive.ts";
import { channelsVerb } from "./channels.ts";
import { closeVerb } from "./close.ts";
import { completionVerb } from "./completion.ts";
import { configVerb } from "./config.ts";
import { conformVerb } from "./conform.ts";
import { deadlineVerb } from "./deadline.ts";
import { doctorVerb } from "./doctor.ts";
import { evidenceVerb } from "./evidence.ts";
import { holdVerb } from "./hold.ts";
import { indexVerb } from "./index-rebuild.ts";
import { payVerb } from "./pay.ts";
import { proofVerb } from "./proof.ts";
import { recoverVerb } from "./recover.ts";
import { replayVerb } from "./replay.ts";
import { streamsVerb } from "./streams.ts";
import { tailVerb } from "./tail.ts";
import { walletVerb } from "./wallet.ts";

/** In the order of the help. */
export const verbs: readonly Verb[] = [
  doctorVerb,
  channelsVerb,
  replayVerb,
  tailVerb,
  evidenceVerb,
  anchorVerb,
  archiveVerb,
  holdVerb,
  streamsVerb,
  recoverVerb,
  indexVerb,
  deadlineVerb,
  closeVerb,
  proofVerb,
  payVerb,
  walletVerb,
  conformVerb,
  configVerb,
  completionVerb,
];
