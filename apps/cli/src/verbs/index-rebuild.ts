import { countText, counted, durationText } from "../human.ts";
import { countChannels } from "../operator/refold-all.ts";
import { withNode } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import { examples, type Verb } from "../verb.ts";

export const indexVerb: Verb = (verb, context) => {
  verb.addHelpText("after", examples(["p4 index rebuild", "after a restore, or when in doubt"]));
  verb
    .command("rebuild")
    .description("rebuild the channel index from the log; searches go on meanwhile")
    .addHelpText("after", examples(["p4 index rebuild", "after a restore, or when in doubt"]))
    .action(() =>
      withNode(context, async (operator) => {
        const progress = new Progress(context, "channels", await countChannels(operator));
        await operator.node.index.rebuild({ signal: context.signal, onProgress: () => progress.add() });
        const { done: channels, elapsedMs: tookMs, perSecond } = progress;
        context.print(
          { channels, tookMs: Math.round(tookMs), channelsPerSecond: Math.round(perSecond) },
          () =>
            `${counted(channels, "channel")} indexed in ${durationText(tookMs)}: ${countText(Math.round(perSecond))}/s`,
        );
      }),
    );
};
