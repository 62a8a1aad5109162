import { runCommandLine } from "@p4/testkit/command-line";
import { hostile } from "./hostile-command.ts";
import { idle } from "./idle-command.ts";
import { record } from "./record-command.ts";
import { profile } from "./profile/profile-command.ts";
import { chart, scaling } from "./table/document-commands.ts";
import { guard } from "./table/guard-command.ts";
import { table } from "./table/table-command.ts";

const commands = [table, chart, scaling, guard, profile, hostile, idle, record];

process.exit(await runCommandLine("npm run bench --", commands, process.argv.slice(2)));
