const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether `text` is a time as Go reads it: RFC 3339 with capital T and Z and no second 60.
 * A Go peer closes its socket on any other, so a looser rule would let one wallet disconnect another.
 */
export function isRfc3339(text: string): boolean {
  const match = shape.exec(text);
  if (match === null) return false;
  const month = Number(match[2]);
  const day = Number(match[3]);
  if (day < 1 || day > (daysOfMonth[month - 1] ?? 0)) return false;
  if (month === 2 && day === 29 && !isLeapYear(Number(match[1]))) return false;
  if (Number(match[4]) > 23 || Number(match[5]) > 59 || Number(match[6]) > 59) return false;
  return match[7] === undefined || (Number(match[7]) <= 23 && Number(match[8]) <= 59);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
