import { describe, expect, test } from 'vitest';
import { checkUnit } from '../../src/render/check-unit.ts';

const path = '/etc/systemd/system/x.service';

test.each([
  ['a unit', '[Unit]\nDescription=x\n\n[Service]\nExecStart=/bin/true\n'],
  ['a continued command', '[Service]\nExecStart=/bin/x \\\n  --a=1 \\\n  --b=2\nRestart=always\n'],
  ['a list that is reset', '[Service]\nEnvironmentFile=\n'],
  ['an empty file, which masks the unit', ''],
])('%s is sound', (_, text) => {
  expect(() => checkUnit(path, text)).not.toThrow();
});

describe('parts that a template may have lost', () => {
  test.each([
    ['a line end', '[Unit]\nDescription=x[Service]\nsome text\n', 3],
    ['a backslash', '[Service]\nExecStart=/bin/x \\\n  --a=1\n  --b=2\n', 4],
    ['the program', '[Service]\nExecStart=\n', 2],
    ['the program before its arguments', '[Service]\nExecStart= \\\n  --a=1\n', 2],
    ['a section', 'Unit]\n', 1],
    ['a comment sign', '[Unit]\nwhy this is so\n', 2],
  ])('%s', (_, text, line) => {
    expect(() => checkUnit(path, text)).toThrow(`${path}:${line}:`);
  });

  test('the end of a continued line', () => {
    expect(() => checkUnit(path, '[Service]\nExecStart=/bin/x \\')).toThrow('ends in a continued line');
  });
});

test.each(['/etc/hosts', '/etc/systemd/system/docker.service.d/proxy.conf', '/usr/local/lib/knode/x.service'])(
  '%s is not a unit',
  (other) => {
    expect(() => checkUnit(other, 'anything\n')).not.toThrow();
  },
);

test.each(['timer', 'target', 'socket', 'path', 'mount'])('a .%s is checked, too', (type) => {
  expect(() => checkUnit(`/etc/systemd/system/x.${type}`, 'anything\n')).toThrow('neither a section nor');
});
