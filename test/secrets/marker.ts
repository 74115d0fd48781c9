import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A text that stands for the secret of one place. */
export const marker = (place: string): string => `MARKER${place}0f5ecret`;

/** Markers in a text, each once. */
export const markersIn = (text: string): string[] => [...new Set(text.match(/MARKER[A-Za-z]+?0f5ecret/g))].sort();

/** Paths and markers of the files below a folder that hold one, as `MODE PATH MARKERS`. */
export function marked(folder: string, which: (mode: number) => boolean = () => true): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort().flatMap((path) => {
    const info = statSync(join(folder, path));
    if (!info.isFile() || !which(info.mode)) return [];
    const found = markersIn(readFileSync(join(folder, path), 'latin1'));
    return found.length === 0 ? [] : [`${(info.mode & 0o777).toString(8)} ${path} ${found.join(' ')}`];
  });
}

export const othersRead = (mode: number): boolean => (mode & 0o044) !== 0;
