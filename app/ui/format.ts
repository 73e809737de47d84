const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
const DECIMAL = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60 * MS_PER_SECOND;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;
const MS_PER_DAY = 24 * MS_PER_HOUR;
/** ECMAScript: no date lies further than this from the epoch. */
const MAX_DATE_MS = 8.64e15;

const UNITS: readonly (readonly [string, number])[] = [
  ['d', MS_PER_DAY],
  ['h', MS_PER_HOUR],
  ['min', MS_PER_MINUTE],
  ['s', MS_PER_SECOND],
];

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ...['ms', 'msec', 'millisecond', 'milliseconds'].map((name) => [name, 1] as const),
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((name) => [name, MS_PER_SECOND] as const),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((name) => [name, MS_PER_MINUTE] as const),
  ...['h', 'hour', 'hours'].map((name) => [name, MS_PER_HOUR] as const),
  ...['d', 'day', 'days'].map((name) => [name, MS_PER_DAY] as const),
]);

/** Every digit, with thousands separators: "1,234,567". */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** Three digits for narrow places: "1.23M". Small counts stay exact. */
export function formatCompact(count: number): string {
  return count < 1000 ? DECIMAL.format(count) : COMPACT.format(count);
}

/** Records per second: "12.3K/s". */
export function formatRate(perSecond: number): string {
  return `${formatCompact(perSecond >= 10 ? Math.round(perSecond) : perSecond)}/s`;
}

/** A share of 0..1 as whole percent. */
export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/**
 * A watermark in words and UTC. `short` leaves the date out (node faces); `full` is for tooltips and tables.
 * Null means that none has arrived yet, Infinity that event time has ended.
 */
export function formatWatermark(watermark: number | null, style: 'short' | 'full' = 'short'): string {
  if (watermark === null || watermark === Number.NEGATIVE_INFINITY || Number.isNaN(watermark)) return 'none yet';
  if (watermark === Number.POSITIVE_INFINITY) return 'end of event time';
  const text = formatTimestamp(watermark);
  return style === 'full' || Math.abs(watermark) > MAX_DATE_MS ? text : text.slice(text.indexOf(' ') + 1);
}

/** UTC with milliseconds: "2026-11-20 12:03:58.200". What is no date is given as its number. */
export function formatTimestamp(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > MAX_DATE_MS) return String(ms);
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** "200 ms", "10 s", "1 min 30 s", "1 d 2 h". `parseDuration` reads it back exactly. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return String(durationMs);
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  const parts: string[] = [];
  let rest = durationMs;
  for (const [unit, unitMs] of UNITS) {
    const amount = Math.floor(rest / unitMs);
    if (amount > 0) parts.push(`${amount} ${unit}`);
    rest -= amount * unitMs;
  }
  if (rest > 0 || parts.length === 0) parts.push(`${Number(rest.toPrecision(12))} ms`);
  return parts.join(' ');
}

/** Rounded for run times: "0.4 s", "12 s", "3 min 20 s". */
export function formatElapsed(durationMs: number): string {
  if (durationMs < 10 * MS_PER_SECOND) return `${(durationMs / MS_PER_SECOND).toFixed(1)} s`;
  return formatDuration(Math.floor(durationMs / MS_PER_SECOND) * MS_PER_SECOND);
}

/**
 * Milliseconds of "10 s", "1.5 min", "1 min 30 s", "1h 5m"; a leading minus negates all of it. Null when it is no duration.
 * A bare number is refused (but 0): nobody can tell whether "10" means seconds or milliseconds.
 */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  const negative = trimmed.startsWith('-');
  const unsigned = (negative ? trimmed.slice(1) : trimmed).trim();
  if (/^0+(\.0+)?$/.test(unsigned)) return 0;
  if (!/^(\d+(\.\d+)?\s*[a-z]+[\s,]*)+$/.test(unsigned)) return null;
  let total = 0;
  for (const [, amount, unit] of unsigned.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const unitMs = UNIT_MS.get(unit ?? '');
    if (unitMs === undefined) return null;
    total += Number(amount) * unitMs;
  }
  const exact = Number(total.toPrecision(15));
  return negative ? -exact : exact;
}

/** Bytes for people: "4.6 MB". Powers of 1000, as file managers and Flink's UI show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 'B';
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${DECIMAL.format(value)} ${unit}`;
}
