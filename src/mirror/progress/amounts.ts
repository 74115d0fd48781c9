/** Sizes, rates and times for people; 1 MB is 1,000,000 bytes. */

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `532 bytes`, `24.1 MB`, `1.30 GB`: three significant digits. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return `${value} ${value === 1 ? 'byte' : units[0]}`;
  return `${value.toPrecision(3)} ${units[unit]}`;
}

/** `8 s`, `2 min 5 s`, `1 h 4 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Megabytes per second; empty if the time is too short to measure. */
export function rateText(bytes: number, seconds: number): string {
  return seconds < 0.001 ? '' : `${(bytes / seconds / 1e6).toPrecision(3)} MB/s`;
}
