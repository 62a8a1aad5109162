/** Times, durations and sizes for people. Times are UTC everywhere. */

/** `2026-11-23 01:52:30.123Z` */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace("T", " ");
}

/** `01:52:30.123` */
export function clockText(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}

/** `12 ms`, `3.4 s`, `2 m 5 s`, `3 h 4 m`, `5 d 2 h`; negative ones with their sign. */
export function durationText(ms: number): string {
  if (ms < 0) return `-${durationText(-ms)}`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}

/** `512 B`, `4.2 kB`, `1.3 GB`: powers of ten, as disks are sold. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1_000;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** `12,345` */
export function countText(count: number): string {
  return count.toLocaleString("en");
}

/** `1 channel`, `12,345 channels` */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}
