const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Hinnant's `days_from_civil`). `month` counts from 1. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number of `count` digits at `at`, or -1. */
function digits(bytes: Uint8Array, at: number, count: number, end: number): number {
  if (at + count > end) return -1;
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Milliseconds since the epoch of an ISO 8601 date and time in ASCII: `2024-05-01`, `2024-05-01T12:30`, `2024-05-01 12:30:15.250Z`,
 * `2024-05-01T12:30:15+02:00`. Without a zone it is UTC. Digits beyond milliseconds are cut off. NaN when it is anything else.
 */
export function parseIsoTimestamp(bytes: Uint8Array, start: number, end: number): number {
  const year = digits(bytes, start, 4, end);
  const month = digits(bytes, start + 5, 2, end);
  const day = digits(bytes, start + 8, 2, end);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  if (bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return Number.NaN;
  const midnight = daysFromCivil(year, month, day) * DAY_MS;
  const at = start + 10;
  if (at === end) return midnight;
  const separator = bytes[at];
  if (separator !== 84 && separator !== 116 && separator !== 32) return Number.NaN;
  return midnight + timeAndZone(bytes, at + 1, end);
}

function timeAndZone(bytes: Uint8Array, start: number, end: number): number {
  const hour = digits(bytes, start, 2, end);
  const minute = digits(bytes, start + 3, 2, end);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || bytes[start + 2] !== 58) return Number.NaN;
  let ms = (hour * 60 + minute) * 60_000;
  let at = start + 5;
  if (at < end && bytes[at] === 58) {
    const second = digits(bytes, at + 1, 2, end);
    if (second < 0 || second > 59) return Number.NaN;
    ms += second * 1000;
    at += 3;
    if (at < end && (bytes[at] === 46 || bytes[at] === 44)) {
      at++;
      let weight = 100;
      const first = at;
      for (; at < end; at++) {
        const digit = (bytes[at] as number) - 48;
        if (digit < 0 || digit > 9) break;
        ms += digit * Math.floor(weight);
        weight /= 10;
      }
      if (at === first) return Number.NaN;
    }
  }
  return ms - zoneOffsetMs(bytes, at, end);
}

/** Milliseconds east of UTC; NaN when `bytes[at, end)` is no zone. */
function zoneOffsetMs(bytes: Uint8Array, at: number, end: number): number {
  if (at === end) return 0;
  const sign = bytes[at];
  if (sign === 90 || sign === 122) return at + 1 === end ? 0 : Number.NaN;
  if (sign !== 43 && sign !== 45) return Number.NaN;
  const hours = digits(bytes, at + 1, 2, end);
  if (hours < 0 || hours > 18) return Number.NaN;
  let minutes = 0;
  if (at + 3 < end) {
    const first = bytes[at + 3] === 58 ? at + 4 : at + 3;
    minutes = digits(bytes, first, 2, end);
    if (minutes < 0 || minutes > 59 || first + 2 !== end) return Number.NaN;
  }
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
