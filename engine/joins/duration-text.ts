const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** In the largest unit that leaves no rest: "10 s", "-90 min", "1500 ms". */
export function durationText(durationMs: number): string {
  const unit = UNITS.find(([, ms]) => durationMs !== 0 && durationMs % ms === 0);
  return unit === undefined ? `${durationMs} ms` : `${durationMs / unit[1]} ${unit[0]}`;
}
