import { importsOf, readHouse, roomOf, sourceFiles } from './house.ts';
import type { GeneratedFile } from './publish.ts';

/** Pixels. */
const cell = 26;
const left = 560;
const top = 96;
const margin = 16;

const escaped = (text: string): string =>
  text.replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Pairs of rooms of which the first imports the second: `from to`. */
function roomImports(): ReadonlySet<string> {
  return new Set(
    sourceFiles().flatMap((file) =>
      importsOf(file)
        .filter((one) => one.endsWith('.ts'))
        .map((target) => `${roomOf(file)} ${roomOf(target)}`),
    ),
  );
}

/** Seventy characters fit between a room's name and the matrix. */
function shortened(business: string): string {
  const text = business.replaceAll('`', '');
  return text.length <= 70 ? text : `${text.slice(0, 70).replace(/[,;:]?\s+\S*$/, '')} …`;
}

function matrix(names: readonly string[]): readonly string[] {
  const imports = roomImports();
  return names.flatMap((from, row) =>
    names.flatMap((to, column) => {
      const [x, y] = [left + column * cell, top + row * cell];
      if (from === to) return `<circle cx="${x + 13}" cy="${y + 13}" r="5"/>`;
      if (!imports.has(`${from} ${to}`)) return [];
      const told = `<title>${escaped(from)} imports ${escaped(to)}</title>`;
      return `<rect x="${x + 2}" y="${y + 2}" width="${cell - 4}" height="${cell - 4}" rx="3">${told}</rect>`;
    }),
  );
}

function labels(names: readonly string[], business: (name: string) => string): readonly string[] {
  return names.flatMap((name, place) => {
    const [y, x] = [top + place * cell + 17, left + place * cell + 17];
    return [
      `<text class="name" x="${margin}" y="${y}">${escaped(name)}</text>`,
      `<text x="${margin + 96}" y="${y}">${escaped(shortened(business(name)))}</text>`,
      `<text class="name" transform="translate(${x} ${top - 8}) rotate(-60)">${escaped(name)}</text>`,
    ];
  });
}

/** A line above each row of rooms. */
function rules(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const starts = rows.map((_, index) => rows.slice(0, index).flat().length);
  return starts.map((start) => {
    const y = top + start * cell;
    return `<line x1="${margin}" y1="${y}" x2="${width - margin}" y2="${y}"/>`;
  });
}

const style = `<style>
  svg { font-family: ui-sans-serif, system-ui, sans-serif; background: #ffffff }
  text { font-size: 12px; fill: #333333 }
  .name { font-size: 13px; font-weight: 600; fill: #12305a }
  line { stroke: #d8dfe8 }
  rect { fill: #5b8bc9 }
  circle { fill: #c9c9c9 }
</style>`;

/**
 * The rooms of `src` as a dependency matrix for docs/design.md: a filled square says that the room of its line imports the room of its column.
 * Imports go down only, so all squares stand right of the diagonal.
 */
export function housePicture(): GeneratedFile {
  const { rows, rooms } = readHouse();
  const names = rows.flat();
  const [width, height] = [left + names.length * cell + 60, top + names.length * cell + margin];
  const content = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Which room of src imports which">`,
    style,
    ...rules(rows, width),
    ...labels(names, (name) => rooms.get(name)?.business ?? ''),
    ...matrix(names),
    '</svg>',
    '',
  ].join('\n');
  return { path: 'docs/rooms.svg', content };
}
