import { scenarioCommand } from "../scenario-command.ts";
import { number, numbers, oneOf, refuse, whole } from "@p4/testkit/command-line";
import { copyClass } from "../chaos-options.ts";
import { away } from "./away.ts";
import { cuts } from "./cuts.ts";
import { moves } from "./moves.ts";

const summary = "two sites: a move, a loss, cuts of the link, wallets away from home";
const about = `Two sites as processes of this machine, a nats-server with its guard and an edge each, with a link between them that takes --delay
milliseconds each way.

moves  Payments begin at the rate; first the region's home is moved (p4 region switch), then the site that it has moved to is
       killed (SIGKILL) and the other one takes over (failover, return). Exit code 0: the move lost nothing, nothing was
       stored twice, and the killed site took only events with it that return names, with --class sync none that was
       acknowledged or delivered.
cuts   Events are stored at the home at the rate, and the link to its copy is cut for so many seconds, one cut after the
       other. Exit code 0: the copy went on within 3 s of each heal, and got all that it lacked.
away   Customers pay near the home, and far from it: redirected to the home's edge, and served by an edge there whose
       broker is the home's. Exit code 0: a redirected one joined with one round trip more, and paid with 2.5 more at most.

1: not so; 2: wrong arguments.`;

export const regionDrills = scenarioCommand({
  name: "region-drills",
  summary,
  about,
  options: {
    scenario: oneOf(["moves", "cuts", "away"], "moves"),
    rate: whole(50, 1, 500),
    seconds: number(20, 3, 600),
    delay: whole(20, 0, 1_000),
    class: copyClass,
    cuts: numbers([30, 100], 1, 600),
    payments: whole(20, 1, 1_000),
  },
  run({ scenario, rate, seconds, delay: delayMs, class: promised, cuts: cutsSeconds, payments }, given) {
    if (scenario === "moves") return moves({ rate, seconds, delayMs, class: promised }, given);
    if (scenario === "cuts") return cuts({ cutsMs: cutsSeconds.map((each) => each * 1_000), rate, delayMs }, given);
    if (delayMs === 0) refuse("--delay: distances are told in round trips, which take more than 0");
    return away({ delayMs, payments }, given);
  },
});
