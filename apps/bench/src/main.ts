import { hostileCommand } from "./hostile-command.ts";
import { idleCommand } from "./idle-command.ts";
import { recordCommand } from "./record-command.ts";
import { documentCommand } from "./table/document-commands.ts";
import { profileCommand } from "./profile/profile-command.ts";
import { guardCommand } from "./table/guard-command.ts";
import { tableCommand } from "./table/table-command.ts";

const commands = new Map([
  ["table", tableCommand],
  ["chart", (args: readonly string[]) => documentCommand("chart", args)],
  ["scaling", (args: readonly string[]) => documentCommand("scaling", args)],
  ["guard", guardCommand],
  ["profile", profileCommand],
  ["hostile", hostileCommand],
  ["idle", idleCommand],
  ["record", recordCommand],
]);

const [word = "table", ...rest] = process.argv.slice(2);
const isOption = word.startsWith("-");
const command = commands.get(isOption ? "table" : word);
if (command === undefined) {
  process.stderr.write(`no benchmark ${word}: one of ${[...commands.keys()].join(", ")}\n`);
  process.exit(2);
}
try {
  process.exit(await command(isOption ? [word, ...rest] : rest));
} catch (error) {
  const { code = "", message } = error as Error & { code?: string };
  if (!code.startsWith("ERR_PARSE_ARGS_")) throw error;
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
