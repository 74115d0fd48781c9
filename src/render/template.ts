import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import { packagePath } from '../base/package-root.ts';

/** Where templates live: the path on the node follows, and `.ejs` for those that have something to fill in. */
const templateFolder = 'templates/cloud-init';

/** A static file that ships with knode. Shell scripts lose their full-line comments: those are for people who read the source. */
export function staticFile(path: string): string {
  const text = readFileSync(packagePath(templateFolder, path.slice(1)), 'utf8');
  return text.startsWith('#!') ? text.replace(/^[ \t]*#(?!!).*\n/gm, '') : text;
}

/**
 * Renders `templates/cloud-init/<path>.ejs` with `data` as `it`. Nothing is HTML-escaped, and a name that the data lacks is an
 * error instead of an empty text; errors carry the template's file and line.
 */
export function renderTemplate(path: string, data: Readonly<Record<string, unknown>>): string {
  const file = packagePath(templateFolder, `${path.slice(1)}.ejs`);
  const it = new Proxy(data, {
    get(target, name) {
      if (typeof name === 'string' && !Object.hasOwn(target, name))
        throw new Error(`${path}: the template asks for '${name}', which its component does not give`);
      return Reflect.get(target, name);
    },
  });
  const options = {
    filename: file,
    strict: true,
    _with: false,
    // ejs copies the data that it is given; what stands in it is handed on as it is, proxy and all.
    destructuredLocals: ['it'] as string[],
    escape: String,
    async: false,
  } as const;
  return ejs.render(readFileSync(file, 'utf8'), { it }, options);
}
