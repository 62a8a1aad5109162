import { timeText } from "../time-text.ts";
import { escapeHtml } from "./escape.ts";

export function timeElement(timeMs: number): string {
  const text = timeText(timeMs);
  return `<time datetime="${escapeHtml(text)}">${escapeHtml(text.replace("T", " ").replace("Z", " UTC"))}</time>`;
}

/** `+1 h 02 m 03.004 s`, without the units that are 0 from the left. */
export function durationText(durationMs: number): string {
  const totalMs = Math.abs(durationMs);
  const hours = Math.floor(totalMs / 3_600_000);
  const minutes = Math.floor(totalMs / 60_000) % 60;
  const seconds = ((totalMs % 60_000) / 1_000).toFixed(3);
  const parts = [hours > 0 ? `${hours} h` : "", hours > 0 || minutes > 0 ? `${minutes} m` : "", `${seconds} s`];
  return `${durationMs < 0 ? "-" : "+"}${parts.filter((part) => part !== "").join(" ")}`;
}
