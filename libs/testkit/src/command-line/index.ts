export { command, runCommandLine, type ToolCommand } from "./command-line.ts";
export {
  flag,
  number,
  numbers,
  oneOf,
  refuse,
  text,
  whole,
  type OptionsOf,
  type Setting,
  type Settings,
} from "./settings.ts";
