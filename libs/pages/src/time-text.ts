const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What is left of a time span, as a countdown shows it: `59:07`, `1:02:03`, `3 d 4 h`. Never below `0:00`. */
export function countdownText(leftMs: number): string {
  const left = Math.max(0, Math.ceil(leftMs / secondMs)) * secondMs;
  const [days, hours] = [Math.floor(left / dayMs), Math.floor((left % dayMs) / hourMs)];
  if (days > 0) return `${days} d ${hours} h`;
  const [minutes, seconds] = [Math.floor((left % hourMs) / minuteMs), Math.floor((left % minuteMs) / secondMs)];
  if (hours > 0) return `${hours}:${twoDigits(minutes)}:${twoDigits(seconds)}`;
  return `${minutes}:${twoDigits(seconds)}`;
}

/** A moment for people: in the viewer's zone in a browser, in UTC on the server, which does not know it. */
export function momentText(atMs: number): string {
  const isBrowser = typeof document !== "undefined";
  const options: Intl.DateTimeFormatOptions = {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...(isBrowser ? {} : { timeZone: "UTC" }),
    timeZoneName: "short",
  };
  return new Intl.DateTimeFormat("en-GB", options).format(atMs);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
