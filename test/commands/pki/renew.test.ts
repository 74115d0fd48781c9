import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../../src/commands/explain.ts';
import { kubeconfig } from '../../../src/commands/kubeconfig.ts';
import { passport } from '../../../src/commands/passport.ts';
import { pkiList } from '../../../src/commands/pki/list.ts';
import { type PkiRenewOptions, pkiRenew } from '../../../src/commands/pki/renew.ts';
import { render } from '../../../src/commands/render.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, secretPattern, tree } from '../fixture.ts';

const admin = { user: 'admin', group: ['system:masters'] };

/** A cluster whose nodes were rendered on 2026-11-21. */
async function rendered(change?: (text: string) => string): Promise<string> {
  const file = freshCluster(change);
  await render({ file, all: true, output: join(freshFolder(), 'out') }, memoryIo());
  return file;
}

async function renew(file: string, options: Partial<PkiRenewOptions> = {}, now?: string) {
  const io = memoryIo(now);
  await pkiRenew({ file, ...options }, io);
  expect(io.out() + io.err()).not.toMatch(secretPattern);
  return io.out();
}

const stateOf = (file: string) => tree(join(dirname(file), '.knode'));
const certificate = (file: string, id: string) =>
  readFileSync(join(dirname(file), `.knode/pki/certificates/${id}.crt`), 'utf8');

let shared = '';
beforeAll(async () => {
  shared = await rendered();
});

describe('pki renew', () => {
  test('does nothing if no certificate is near its end', async () => {
    const before = stateOf(shared);
    expect(await renew(shared)).toMatch(/^nothing to renew; authorities/);
    expect(stateOf(shared)).toEqual(before);
  });

  test('without a state makes none', async () => {
    const file = freshCluster();
    expect(await renew(file, { all: true })).toMatch(/^nothing to renew/);
    expect(Object.keys(tree(dirname(file))).sort()).toEqual(['cluster.yaml', 'knode.lock.yaml', 'knode.schema.json']);
  });

  test('renews those near their end, with reasons and nodes to replace, and supports a dry run', async () => {
    const file = await rendered();
    const before = stateOf(file);
    const late = '2027-10-25T00:00:00Z';
    const plan = await renew(file, { dryRun: true }, late);
    expect(plan).toMatch(/^reissue etcd-server@m1: expires in \d+ days$/m);
    expect(plan).toMatch(/replace them, one after the other: m1, m2, m3$/m);
    expect(plan).toMatch(/dry run: nothing was written\n$/);
    expect(stateOf(file)).toEqual(before);
    const done = await renew(file, {}, late);
    expect(plan).toBe(`${done}dry run: nothing was written\n`);
    const changed = Object.keys(before).filter((path) => stateOf(file)[path] !== before[path]);
    expect(changed.filter((path) => !path.startsWith('pki/certificates/'))).toEqual(['state.json']);
    expect(await renew(file, {}, late)).toMatch(/^nothing to renew/);
  });

  test('renews those whose request has changed', async () => {
    const file = await rendered();
    const { writeFileSync } = await import('node:fs');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\npki: { subject: { country: DE } }\n`);
    expect(await renew(file, { dryRun: true })).toContain('reissue kube-apiserver@m1: request changed: subject\n');
  });

  test('selects by ids, patterns, spans, or all', async () => {
    const ids = async (options: Partial<PkiRenewOptions>, now?: string) =>
      (JSON.parse(await renew(shared, { ...options, json: true, dryRun: true }, now)) as Renewals).certificates;
    expect((await ids({ ids: ['*@m1'] })).every(({ id, nodes }) => id.endsWith('@m1') && nodes.join() === 'm1')).toBe(
      true,
    );
    expect((await ids({ ids: ['etcd-server@m?', 'kube-apiserver@m1'] })).map(({ id }) => id).sort()).toEqual([
      'etcd-server@m1',
      'etcd-server@m2',
      'etcd-server@m3',
      'kube-apiserver@m1',
    ]);
    expect(await ids({ expiringWithin: '60d' })).toEqual([]);
    expect((await ids({ expiringWithin: '400d' })).length).toBe((await ids({ all: true })).length);
    expect(await ids({ ids: ['etcd-server@m1'], expiringWithin: '9600h' })).toHaveLength(1);
  });

  test('renews what was selected, and nothing else', async () => {
    const file = await rendered();
    const [one, other] = [certificate(file, 'etcd-server@m1'), certificate(file, 'etcd-server@m2')];
    expect(await renew(file, { ids: ['etcd-server@m1'] })).toBe(
      'reissue etcd-server@m1: asked for\nrender these nodes again and replace them, one after the other: m1\n',
    );
    expect(certificate(file, 'etcd-server@m1')).not.toBe(one);
    expect(certificate(file, 'etcd-server@m2')).toBe(other);
  });

  test.each([
    [['kubernetes'], /^pki-never-renewed: .*move the workloads/],
    [['etcd-ca'], /^pki-never-renewed/],
    [['service-account'], /^pki-never-renewed/],
    [['etcd-serwer@m1'], /^pki-unknown-id: .*did you mean 'etcd-server@m1'/],
    [['*@m9'], /^pki-unknown-id/],
    [['user-admin'], /^pki-not-requested: .*knode kubeconfig --user admin/],
  ])('%j is refused', async (ids, words) => {
    if (ids[0] === 'user-admin') await kubeconfig({ file: shared, ...admin }, memoryIo());
    const before = stateOf(shared);
    expect(await mistakes(() => renew(shared, { ids: [...ids, 'etcd-server@m1'] }))).toEqual([
      expect.stringMatching(words),
    ]);
    expect(stateOf(shared)).toEqual(before);
  });

  test('reports a certificate that does not exist yet, and explains spans', async () => {
    expect(await mistakes(() => renew(freshCluster(), { ids: ['etcd-server@m1'] }))).toEqual([
      expect.stringMatching(/^pki-not-made: /),
    ]);
    expect(await mistakes(() => renew(shared, { expiringWithin: 'soon' }))).toEqual([
      expect.stringMatching(/^invalid-duration: .*60d/),
    ]);
  });
});

interface Renewals {
  readonly certificates: readonly { readonly id: string; readonly nodes: readonly string[] }[];
}

describe('warnings of ends', () => {
  const noticed = '2027-10-05T00:00:00Z';
  const commands = {
    render: (io: ReturnType<typeof memoryIo>, json: boolean) =>
      render({ file: shared, node: 'w1', dryRun: true, json }, io),
    explain: (io: ReturnType<typeof memoryIo>, json: boolean) => explain({ file: shared, node: 'w1', json }, io),
    kubeconfig: (io: ReturnType<typeof memoryIo>) => kubeconfig({ file: shared, ...admin, dryRun: true }, io),
    passport: (io: ReturnType<typeof memoryIo>) => passport({ file: shared, node: 'w1', dryRun: true }, io),
    'pki list': (io: ReturnType<typeof memoryIo>, json: boolean) => pkiList({ file: shared, json }, io),
  };

  test.each(Object.entries(commands))('%s reports what ends within 60 days, on stderr only', async (_name, run) => {
    for (const json of [false, true]) {
      const [early, late] = [memoryIo('2027-08-01T00:00:00Z'), memoryIo(noticed)];
      await run(early, json);
      expect(early.err()).not.toContain('pki-ends-soon');
      await run(late, json);
      expect(late.err()).toMatch(
        /^warning: certificate \S+@m\d ends in 3\d days, on 2027-11-\d\d; \d+ more soon after .* \[pki-ends-soon\]\n {2}help: knode pki renew --expiring-within 60d/m,
      );
      expect(late.out()).not.toContain('pki-ends-soon');
      expect(late.out() + late.err()).not.toMatch(secretPattern);
    }
  });

  test('leaves out certificates that are being renewed, and those that are not needed', async () => {
    const io = memoryIo('2027-11-01T00:00:00Z');
    await render({ file: shared, all: true, output: '/nowhere', dryRun: true }, io);
    expect(io.err()).not.toContain('pki-ends-soon');
    const list = memoryIo('2027-11-01T00:00:00Z');
    await pkiList({ file: shared }, list);
    expect(list.err()).not.toContain('user-admin');
  });

  test('reports authorities, and short-lived certificates only near their end', async () => {
    const io = memoryIo('2036-10-15T00:00:00Z');
    await pkiList({ file: shared }, io);
    expect(io.err()).toMatch(/warning: authority etcd ends in 3\d days, on 2036-11-18, and every certificate/);
    expect(io.err()).toMatch(/warning: certificate \S+ ended \d+ days ago/);
    const short = await rendered((text) => `${text}\npki: { certificateValidity: 720h, renewBefore: 72h }\n`);
    const [fresh, old] = [memoryIo('2026-11-25T00:00:00Z'), memoryIo('2026-12-12T00:00:00Z')];
    await pkiList({ file: short }, fresh);
    await pkiList({ file: short }, old);
    expect(fresh.err()).toBe('');
    expect(old.err()).toContain('pki-ends-soon');
  });
});

describe('pki list --calendar', () => {
  const calendar = async (json: boolean, now?: string) => {
    const io = memoryIo(now);
    await pkiList({ file: shared, calendar: true, json }, io);
    return io.out();
  };

  test('orders by month and day, with days left and what to do', async () => {
    const text = await calendar(false);
    const months = [...text.matchAll(/^\d{4}-\d\d$/gm)].map(([month]) => month);
    expect(months).toEqual([...months].sort());
    const days = [...text.matchAll(/^ {2}(\d{4}-\d\d-\d\d)/gm)].map(([, date]) => date);
    expect(days).toEqual([...days].sort());
    expect(text).toMatch(/^ {2}2027-11-\d\d +3\d\d days {2}etcd-server@m1 +from 2027-10-\d\d: render and replace m1$/m);
    expect(text).toMatch(/^ {2}2036-11-18 +3650 days {2}kubernetes +before then: move to a new cluster/m);
    expect(await calendar(false, '2027-11-01T00:00:00Z')).toMatch(/etcd-server@m1 +now: render and replace m1$/m);
  });

  test('as JSON', async () => {
    const { months } = JSON.parse(await calendar(true)) as {
      months: { month: string; certificates: { id: string; days: number; nodes: string[]; todo: string }[] }[];
    };
    expect(months.map(({ month }) => month)).toEqual(['2027-11', '2036-11']);
    expect(months[0]?.certificates.find(({ id }) => id === 'kube-apiserver@m2')).toMatchObject({ nodes: ['m2'] });
  });

  test('says that there are no certificates yet', async () => {
    const io = memoryIo();
    await pkiList({ file: freshCluster(), calendar: true }, io);
    expect(io.out()).toBe('no certificates yet: knode render makes them\n');
  });
});
