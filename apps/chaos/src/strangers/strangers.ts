import { scenarioCommand } from "../scenario-command.ts";
import { besideStrangers } from "./beside-strangers.ts";
import { stops } from "./stops.ts";
import { strangersOptions } from "./strangers-scenario.ts";

const summary = "strangers try everything at once beside honest payments";
const about = `One broker and one edge of little memory. Honest wallets make --rate whole payments a second, first alone, then beside
strangers who come from many addresses and try everything at once: messages of megabytes, full channels, forged proofs, roles
and verdicts of others, odd words, refused joins, slow requests, streams, floods. It takes the given minutes and up to three
more. Exit code 0: every honest payment was completed, the 99th percentile of honest messages was at most three times that of
the quiet time, the edge kept to its memory, no stranger managed anything, and nothing was left over after them; 1: not so;
2: wrong arguments; 3: not decided, because honest wallets waited too long on a machine that was itself the limit.
With --sabotage the edge is broken on purpose: 0 then means that it was found.
With --sigterm the edge is told to stop so often in the middle of it. Exit code 0: each time it ended within its deadline, with
exit code 0, and nothing that honest wallets were told was lost. Linux: other systems have one address of loopback alone.`;

export const strangers = scenarioCommand({
  name: "strangers",
  summary,
  about,
  options: strangersOptions,
  run: ({ sigterm, ...given }, common) =>
    sigterm > 0 ? stops({ sigterm, seed: given.seed, rate: given.rate }, common) : besideStrangers(given, common),
});
