export { consoleBundles, openConsole, type Console, type ConsoleOptions } from "./open-console.tsx";
