const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether `text` is a time as Go reads it: RFC 3339 with capital T and Z and no second 60.
 * A Go peer closes its socket on any other, so a looser rule would let one wallet disconnect another.
 */
export function isRfc3339(text: string): boolean {
  const match = shape.exec(text);
  if (match === null) return false;
  const [year, month, day, hour, minute, second, offsetHour, offsetMinute] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (
    isDate(year!, month!, day!) && isTimeOfDay(hour!, minute!, second!) && isTimeOfDay(offsetHour!, offsetMinute!, 0)
  );
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
