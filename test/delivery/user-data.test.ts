import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { userData } from '../../src/delivery/cloud-init/user-data.ts';

const contents = [
  '#!/bin/bash\nset -eu\n\tindented with a tab\n# comment: "x" $HOME `id` \\\n',
  'no line end',
  '\n\nleading lines\n',
  'trailing lines\n\n\n',
  '  indented first\nthen not\n',
  'trailing spaces   \nnext\t\n',
  '\u001b[1mcolour\u001b[0m\nin a motd\n',
  'carriage\r\nreturns\r\n',
  'NEL\u0085and\u2028others\n',
  '---\n...\n',
  '%<%= it %>\n',
  'Größe 日本 🎉\n',
  '',
  '0644',
  'yes',
];

test('the first line makes it a cloud-config', () => {
  expect(userData({ hostname: 'a' })).toBe('#cloud-config\nhostname: a\n');
});

test('every file and mode reaches cloud-init’s YAML reader byte for byte', () => {
  const files = contents.map((content, index) => ({ path: `/f${index}`, permissions: '0644', content }));
  const config = { hostname: '0x1f', write_files: files, runcmd: [['echo', 'a b', '~', 'on']] };
  const script = 'import sys, yaml, json; json.dump(yaml.safe_load(sys.stdin.buffer.read()), sys.stdout)';
  const read: unknown = JSON.parse(
    execFileSync('python3', ['-c', script], { input: userData(config), encoding: 'utf8' }),
  );
  expect(read).toEqual(config);
});

test('means the same as the whole, wherever the files are and whatever the node before had', () => {
  const files = contents.map((content) => ({ path: '/f', permissions: '0644', content }));
  const again = [...files].reverse().map((file) => ({ ...file, permissions: '0600' }));
  for (const config of [
    { hostname: 'a', write_files: files, runcmd: [['a']] },
    { write_files: again },
    { hostname: 'a', write_files: [] },
  ])
    expect(parse(userData(config), { version: '1.1' })).toEqual(config);
});

test('scripts stay readable: a block, not one long line', () => {
  const text = userData({ write_files: [{ path: '/f', permissions: '0755', content: `${contents[0]}` }] });
  expect(text).toContain('content: |\n');
  expect(text).toContain('\n   set -eu\n');
});
