import { verifierDocument } from "@p4/pages";
import { confirmReplacing, writeOutputFile } from "../evidence/input-output.ts";
import { fileLine } from "../evidence/report-lines.ts";
import { examples, type Verb } from "../verb.ts";

interface VerifierOptions {
  readonly output: string;
  readonly yes?: boolean;
}

export const addEvidenceVerifier: Verb = (evidence, context) => {
  evidence
    .command("verifier")
    .description("write the verifier as one page for browsers, to keep or to hand over: it works from disk, offline")
    .option("-o, --output <file>", "where to", "verify.html")
    .option("--yes", "replace a file that exists without asking")
    .addHelpText("after", examples(["p4 evidence verifier -o verify.html", "open it, and drop an evidence file on it"]))
    .action(async ({ output, yes = false }: VerifierOptions) => {
      await confirmReplacing(context, [output], yes);
      const page = verifierDocument();
      await writeOutputFile(output, page);
      context.print({ file: output, bytes: Buffer.byteLength(page) }, () => [fileLine(output, page)]);
    });
};
