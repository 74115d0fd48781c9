import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { shortened, withSections } from '../../src/base/shell-script.ts';

const folder = packagePath('templates/cloud-init/usr/local/lib/knode');
const scripts = [
  ...readdirSync(folder).map((name) => join(folder, name)),
  packagePath('templates/user-data/unpack-layer-archive'),
];
const choices = [
  ['debian', 'worker'],
  ['rhel', 'master'],
  ['debian', 'etcd', 'upgrade', 'mirrors'],
  ['rhel', 'balancer', 'time', 'unlocked'],
  [],
];

/** bash's own understanding of a script: the printed form of a function with the script as its body. */
function understood(script: string): string {
  const program = `f() {\n${script}\n}\ndeclare -f f`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8' });
}

describe('a shipped script', () => {
  test.each(scripts)('%s keeps its meaning in bash when it is shortened, on every node', (path) => {
    const source = readFileSync(path, 'utf8');
    for (const facts of [source.match(/\w+/g) ?? [], ...choices]) {
      const cut = withSections(source, facts);
      const short = shortened(cut);
      expect(understood(short)).toBe(understood(cut));
      expect(short.match(/^\s*#(?!!).*$/gm)).toBeNull();
    }
  });
});

describe('shortening', () => {
  const hard = `#!/bin/sh
# It's a comment with an apostrophe.
f() {
  x=\${y#"it's"} z=\${#x} # another's "comment
  text='  two

  # no comment
  \\'
  text="a $(
    echo "b  c" \\
      'd'
  )
    e \\" f"
  cat <<END

    # kept
  $x it's
END
  case $x in
    \\') echo '"' ;;
    "(") echo \\# ;;
  esac

  read -r a <<<"$x"
  y=$((1 << 30))
  (cd / && ls)
}
`;
  test('leaves here-documents and quotations as they are', () => {
    expect(understood(shortened(hard))).toBe(understood(hard));
    expect(shortened(hard)).toContain("text='  two\n\n  # no comment\n  \\'\ntext=");
    expect(shortened(hard)).toContain("cat <<END\n\n    # kept\n  $x it's\nEND\ncase");
    expect(shortened(hard)).toContain('esac\nread -r a <<<"$x"\ny=$((1 << 30))\n(cd / && ls)\n}\n');
    expect(shortened(hard)).not.toContain('apostrophe');
  });
});

describe('a section', () => {
  const text = 'a\n#[ debian\nb\n#]\n  #[ master etcd\nc\n  #]\nd\n';

  test('is kept for its words only', () => {
    expect(withSections(text, ['debian', 'worker'])).toBe('a\nb\nd\n');
    expect(withSections(text, ['rhel', 'etcd'])).toBe('a\nc\nd\n');
    expect(withSections(text, [])).toBe('a\nd\n');
  });

  test.each(['#[ a\nb\n', '#]\n', '#[ a\n#[ b\n#]\n#]\n'])('with bad marks is a bug: %j', (bad) => {
    expect(() => withSections(bad, [])).toThrow(/section/);
  });
});
