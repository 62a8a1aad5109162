export { consoleBundles, openConsole, type ConsoleOptions } from "./open-console.tsx";
