import { appendFileSync, writeFileSync } from 'node:fs';

const began = Date.now();
let file: string | undefined;

/** Progress goes to standard error with the seconds since the start, and to the log file if there is one. */
export function say(text: string): void {
  const line = `[${((Date.now() - began) / 1000).toFixed(1).padStart(7)}] ${text}\n`;
  process.stderr.write(line);
  if (file !== undefined) appendFileSync(file, line);
}

export function sayAlsoTo(path: string): void {
  writeFileSync(path, '');
  file = path;
}
