import { countText } from "../human.ts";

/** `1 channel`, `12,345 channels` */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}
