import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { renderTemplate, staticFile } from '../../src/render/template.ts';

const folder = packagePath('templates/cloud-init');
const all = (readdirSync(folder, { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length));
const scheduler = '/etc/systemd/system/kube-scheduler.service';

describe('a template', () => {
  test('shows its input unchanged: nothing is escaped for HTML or run as a template', () => {
    const value = `--x="<b>&amp; 'q' <%= it.y %> $\{z}"`;
    const text = renderTemplate(scheduler, everything({ arguments: [value] }));
    expect(text).toContain(value);
  });

  test('that uses an undefined name is refused, with its file and line', () => {
    expect(() => renderTemplate(scheduler, {})).toThrow(
      /kube-scheduler\.service\.ejs:\d+[\s\S]*the template asks for '\w+', which its component does not give/,
    );
  });

  test('cannot reach what every object has', () => {
    expect(() => renderTemplate('/etc/systemd/journald.conf.d/knode.conf', Object.create({ a: 1 }))).toThrow();
  });

  test('that is missing is a bug, reported by name', () => {
    expect(() => renderTemplate('/etc/nothing', {})).toThrow('etc/nothing.ejs');
  });
});

/** Data with every name that a template may ask for. */
function everything(known: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = readFileSync(`${folder}${scheduler}.ejs`, 'utf8');
  const asked = [...text.matchAll(/\bit\.(\w+)/g)].map(([, name]) => name as string);
  return { ...Object.fromEntries(asked.map((name) => [name, []])), ...known };
}

describe('static files', () => {
  const scripts = all.filter((path) => readFileSync(`${folder}${path}`, 'utf8').startsWith('#!'));

  test('there are scripts', () => {
    expect(scripts.length).toBeGreaterThan(5);
  });

  test.each(scripts)('%s keeps its first line and its program, and loses its comments', (path) => {
    const [source, shipped] = [readFileSync(`${folder}${path}`, 'utf8'), staticFile(path, [])];
    expect(shipped.split('\n')[0]).toBe(source.split('\n')[0]);
    expect(
      shipped
        .split('\n')
        .slice(1)
        .filter((line) => /^\s*#/.test(line)),
    ).toEqual([]);
  });

  test('files that are not scripts are shipped unchanged', () => {
    const path = '/etc/systemd/system/knode-ready.service';
    expect(staticFile(path, [])).toBe(readFileSync(`${folder}${path}`, 'utf8'));
  });
});

test('templates and static files have no tab, no trailing space and one newline at the end', () => {
  const untidy = all.filter((path) => {
    const text = readFileSync(`${folder}${path}`, 'utf8');
    return /[ \t]\n/.test(text) || !/[^\n]\n$/.test(text) || text.includes('\r');
  });
  expect(untidy).toEqual([]);
});
