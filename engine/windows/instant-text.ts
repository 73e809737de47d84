const DAY_MS = 86_400_000;
/** The range of ISO 8601 years with four digits; beyond it an instant is shown as its number of milliseconds. */
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

/** "2024-05-01T12:00:03.250Z"; milliseconds only when there are any. */
export function instantText(timestamp: number): string {
  if (timestamp === Number.POSITIVE_INFINITY) return 'the end of event time';
  if (timestamp === Number.NEGATIVE_INFINITY) return 'not set yet';
  if (!(timestamp >= FIRST_MS && timestamp <= LAST_MS)) return `${timestamp} ms`;
  return `${dateText(Math.floor(timestamp / DAY_MS))}T${timeText(timestamp)}Z`;
}

/** As `instantText`, but only the time of day when it is on the same UTC day as `reference`. */
export function instantTextBeside(timestamp: number, reference: number): string {
  const sameDay = Math.floor(timestamp / DAY_MS) === Math.floor(reference / DAY_MS);
  return sameDay && timestamp >= FIRST_MS && timestamp <= LAST_MS ? timeText(timestamp) : instantText(timestamp);
}

function timeText(timestamp: number): string {
  const ofDay = Math.floor(timestamp) - Math.floor(timestamp / DAY_MS) * DAY_MS;
  const ms = ofDay % 1000;
  const seconds = (ofDay - ms) / 1000;
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return ms === 0 ? text : `${text}.${String(ms).padStart(3, '0')}`;
}

/** Proleptic Gregorian date of a day number (0 = 1970-01-01), counted in years that begin in March so that leap days come last. */
function dateText(day: number): string {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
