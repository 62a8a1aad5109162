const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether `text` is a time as Go reads it: RFC 3339 with capital T and Z and no second 60.
 * A Go peer closes its socket on any other, so a looser rule would let one wallet disconnect another.
 */
export function isRfc3339(text: string): boolean {
  if (!shape.test(text)) return false;
  const offset = text.length - "+00:00".length;
  return (
    isDate(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8)) &&
    isTimeOfDay(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)) &&
    (text.endsWith("Z") || isTimeOfDay(twoDigits(text, offset + 1), twoDigits(text, offset + 4), 0))
  );
}

function twoDigits(text: string, index: number): number {
  return text.charCodeAt(index) * 10 + text.charCodeAt(index + 1) - 11 * 0x30;
}

function isDate(year: number, month: number, day: number): boolean {
  if (month === 2 && day === 29) return isLeapYear(year);
  return day >= 1 && day <= (daysOfMonth[month - 1] ?? 0);
}

function isTimeOfDay(hour: number, minute: number, second: number): boolean {
  return hour <= 23 && minute <= 59 && second <= 59;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
