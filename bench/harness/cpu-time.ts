/** Processor time of all threads of the process so far, in ms, the garbage collector's included; NaN where nobody tells: in a browser. */
export function cpuMilliseconds(): number {
  if (typeof process === 'undefined') return Number.NaN;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
