import { describe, expect, it } from 'vitest';
import { formatPath } from '../../src/base/diagnostic.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { bootOrder } from '../../src/render/boot-order.ts';
import { type ExampleNode, goldenNames, renderExample } from '../support/examples.ts';
import { expectFolder } from '../support/golden.ts';

/** Everything about a node that is not a file's content, to be read in a diff. */
function nodeText({ plan, files }: ExampleNode): string {
  const started = plan.units.filter((unit) => unit.start).map((unit) => unit.name);
  return [
    `${plan.node.role} ${plan.node.index}: ${plan.node.name} ${plan.node.address} ${plan.node.arch}`,
    '',
    'files:',
    ...files.map((file) => {
      const secret = file.secret ? ' secret' : '';
      const from = file.from === undefined ? '' : ` from ${formatPath(file.from)}`;
      return `  ${file.mode} ${file.layer.padEnd(7)} ${file.path} (${file.component}${secret}${from})`;
    }),
    '',
    'boot order:',
    ...bootOrder(files, started).map(
      (step) => `  ${[step.unit, ...step.after.map((unit) => `  after ${unit}`)].join('\n  ')}`,
    ),
    '',
    `packages: ${plan.packages.join(' ')}`,
    `artifacts: ${plan.artifacts.map((one) => `${one.name}-${one.version}`).join(' ')}`,
    '',
  ].join('\n');
}

/**
 * The part of a node that goes into the golden: everything that was made for it. Scripts and other static files are the
 * templates themselves; the test below covers what a second node of a role shares with the first.
 */
function goldenFiles({ plan, files }: ExampleNode): [string, string][] {
  const isStatic = new Set(plan.files.filter((file) => file.content.kind === 'static').map((file) => file.path));
  const kept = files.filter((file) => !isStatic.has(file.path) && (plan.node.index === 0 || file.layer === 'node'));
  return kept.map((file) => [`${plan.node.name}/rootfs${file.path}`, file.content]);
}

describe.each(goldenNames)('%s', (name) => {
  const example = renderExample(name);

  it('renders its golden', () => {
    const made = new Map(
      example.nodes.flatMap(
        (node) => [[`${node.plan.node.name}/node.txt`, nodeText(node)], ...goldenFiles(node)] as [string, string][],
      ),
    );
    made.set('warnings.txt', example.warnings);
    expectFolder(packagePath('test/golden', name, 'want'), made);
  });

  it('gives every node of a role the same image and cluster layers', () => {
    for (const node of example.nodes) {
      const first = example.nodes.find(
        (one) => one.plan.node.role === node.plan.node.role && one.plan.node.pool === node.plan.node.pool,
      );
      const shared = (one: ExampleNode | undefined) =>
        one?.files.filter((file) => file.layer !== 'node').map((file) => [file.path, file.mode, file.content]);
      expect(shared(node)).toEqual(shared(first));
    }
  });

  it('puts no secret into the image or cluster-independent layer, and marks every key', () => {
    for (const { files } of example.nodes) {
      for (const file of files) {
        if (file.secret)
          expect([file.path, file.layer, file.mode]).toEqual([
            file.path,
            expect.not.stringMatching('image'),
            expect.stringMatching(/^0[46][04]0$/),
          ]);
        if (/^(key of|private-key of)|SECRET-/m.test(file.content))
          expect([file.path, file.secret]).toEqual([file.path, true]);
      }
    }
  });
});
