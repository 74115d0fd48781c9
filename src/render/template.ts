import { readFileSync } from 'node:fs';
import ejs, { type TemplateFunction } from 'ejs';
import { packagePath } from '../base/files/package-root.ts';
import { shippedFile } from '../base/files/shipped-file.ts';
import { memoize } from '../base/memoize.ts';

/** Folder of the templates, at their paths on the node; a file with something to fill in ends in `.ejs`. */
const templateFolder = 'templates/cloud-init';

/** A static file that ships with knode, with these sections, as a node gets it. */
export function staticFile(path: string, sections: readonly string[]): string {
  return readStatic([path, ...sections].join(' '));
}

const readStatic = memoize((key: string): string => {
  const [path, ...sections] = key.split(' ');
  return shippedFile(`${templateFolder}${path}`, sections);
});

const template = memoize((path: string): TemplateFunction => {
  const file = packagePath(templateFolder, `${path.slice(1)}.ejs`);
  return ejs.compile(readFileSync(file, 'utf8'), {
    filename: file,
    strict: true,
    _with: false,
    // ejs copies its data object, but passes the values through unchanged, proxies included.
    destructuredLocals: ['it'],
    escape: String,
    async: false,
  });
});

/**
 * Renders `templates/cloud-init/<path>.ejs` with `data` as `it`. Nothing is HTML-escaped. An undefined name is an error
 * instead of an empty text. Errors carry the template's file and line.
 */
export function renderTemplate(path: string, data: Readonly<Record<string, unknown>>): string {
  const it = new Proxy(data, {
    get(target, name) {
      if (typeof name === 'string' && !Object.hasOwn(target, name))
        throw new Error(`${path}: the template asks for '${name}', which its component does not give`);
      return Reflect.get(target, name);
    },
  });
  return template(path)({ it });
}
