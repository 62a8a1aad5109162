import { examples, type Verb } from "../verb.ts";
import { addEvidenceCountersign } from "./evidence-countersign.ts";
import { addEvidenceExport } from "./evidence-export.ts";
import { addEvidenceFetch } from "./evidence-fetch.ts";
import { addEvidenceShow } from "./evidence-show.ts";
import { addEvidenceVerifier } from "./evidence-verifier.ts";
import { addEvidenceVerify } from "./evidence-verify.ts";

export const evidenceVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(
      ["p4 evidence export inv123 -o inv123.p4e --html", "one signed file, and a page to print"],
      ["p4 evidence verify inv123.p4e --trusted-key 02ab...", "does it hold, what is proved; no broker, no network"],
      ["p4 evidence show inv123.p4e", "the timeline out of the file"],
      ["p4 evidence countersign inv123.p4e --key-file merchant.key", "a second party vouches for the head"],
      ["p4 evidence fetch inv123 -o inv123.p4e", "out of the archive, when the log has lost it"],
      ["p4 evidence verifier -o verify.html", "the verifier as one page, which needs neither p4 nor a network"],
    ),
  );
  addEvidenceExport(verb, context);
  addEvidenceVerify(verb, context);
  addEvidenceShow(verb, context);
  addEvidenceCountersign(verb, context);
  addEvidenceFetch(verb, context);
  addEvidenceVerifier(verb, context);
};
