import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { pendingName } from '../../src/state/state-index.ts';
import { commit, complaint, finished, freshPath, open, sample, sampleState, start, tree } from './fixture.ts';

/** Waits until a child says that it has come so far; before that it may report a takeover. */
const ready = (child: ChildProcess) =>
  new Promise<void>((done) => child.stdout?.on('data', (chunk) => String(chunk).includes('ready') && done()));

describe('two processes', () => {
  it('lose no update, starting from nothing, while others read', async () => {
    const directory = freshPath();
    const writers = [
      start(directory, 'increment', '25'),
      start(directory, 'increment', '25'),
      start(directory, 'increment', '25'),
    ];
    const readers = [start(directory, 'read', '150')];
    const results = await Promise.all([...writers, ...readers].map(finished));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const view = await open(directory).read();
    expect([view.revision, view.get('pki/a.key'), view.get('secrets/b.json')]).toEqual([75, '75', '75']);
    expect(tree(directory).some((line) => /pending|lock|tmp/.test(line))).toBe(false);
  }, 60_000);

  it('exclude each other, and say who holds the lock', async () => {
    const directory = freshPath();
    const holder = start(directory, 'hold');
    await ready(holder);
    const found = await complaint(open(directory, { waitMs: 200 }).withLock(async () => {}));
    expect(found).toContain(`state-locked: the state is locked by process ${holder.pid} on ${hostname()} since 20`);
    expect(found).toContain(`(${directory}/lock)`);
    // Reading needs no lock.
    expect((await open(directory).read()).revision).toBe(0);
    holder.kill('SIGKILL');
    await finished(holder);
  }, 30_000);

  it('take over from the dead, with a notice, and only one of them at a time', async () => {
    const directory = freshPath();
    const holder = start(directory, 'hold');
    await ready(holder);
    holder.kill('SIGKILL');
    await finished(holder);
    const heirs = [
      start(directory, 'increment', '5'),
      start(directory, 'increment', '5'),
      start(directory, 'increment', '5'),
    ];
    const results = await Promise.all(heirs.map(finished));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    const notices = results.map(({ output }) => output).join('');
    expect(notices.match(/took over/g)).toHaveLength(1);
    expect(notices).toContain(`process ${holder.pid} that held it has ended`);
    expect((await open(directory).read()).get('pki/a.key')).toBe('15');
  }, 60_000);
});

describe('a lock', () => {
  const lockOf = (over: Record<string, unknown>) =>
    JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '2026-11-21T07:00:00Z', token: 't', ...over });
  const namespaced = { namespace: readNamespace() };

  it.each([
    ['a dead process', namespaced, true],
    ['a process number that was used again', { ...namespaced, pid: process.pid, began: '1' }, true],
    ['another host', { ...namespaced, host: 'elsewhere' }, false],
    ['another container', { namespace: 'pid:[1]' }, false],
    ['this very process', { ...namespaced, pid: process.pid }, false],
  ])('of %s', async (_name, over, free) => {
    const directory = await sampleState();
    writeFileSync(`${directory}/lock`, lockOf(over), { mode: 0o600 });
    const notices: string[] = [];
    const work = open(directory, { notice: (text) => notices.push(text) }).withLock(async () => 'done');
    if (free) {
      expect(await work).toBe('done');
      expect(notices).toHaveLength(1);
    } else {
      expect(await complaint(work)).toMatch(/^state-locked: /);
      expect(notices).toEqual([]);
    }
  });

  it('that cannot be read is respected', async () => {
    const directory = await sampleState();
    writeFileSync(`${directory}/lock`, 'x', { mode: 0o600 });
    expect(await complaint(commit(open(directory), {}))).toMatch(/locked by another process .* delete .*\/lock$/);
  });

  it('is not removed while another process is about to', async () => {
    const directory = await sampleState();
    writeFileSync(`${directory}/lock`, lockOf(namespaced), { mode: 0o600 });
    writeFileSync(`${directory}/lock.takeover`, '', { mode: 0o600 });
    expect(await complaint(commit(open(directory), {}))).toMatch(/delete .*\/lock\.takeover$/);
    expect((await open(directory).read()).revision).toBe(1);
  });

  it('is removed after another process died while it took over', async () => {
    const directory = await sampleState();
    for (const name of ['lock', 'lock.takeover']) {
      writeFileSync(`${directory}/${name}`, lockOf(namespaced), { mode: 0o600 });
    }
    await commit(open(directory), { 'pki/a.key': 'a' });
    expect(tree(directory).some((line) => /lock/.test(line))).toBe(false);
  });

  it('that was taken away stops the commit before it becomes valid', async () => {
    const directory = await sampleState();
    const work = open(directory).withLock(async (session) => {
      rmSync(`${directory}/lock`);
      await session.commit(new Map([['pki/a.key', 'a']]));
    });
    expect(await complaint(work)).toMatch(/^state-lock-lost: /);
    const view = await open(directory).read();
    expect([view.revision, view.get('pki/a.key')]).toEqual([1, undefined]);
  });
});

function readNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

describe('an interrupted commit', () => {
  it('that was not yet valid has no effect', async () => {
    const directory = await sampleState();
    mkdirSync(`${directory}/pending`, { mode: 0o700 });
    writeFileSync(`${directory}/${pendingName('pki/a.key', sha256('a'))}`, 'a', { mode: 0o600 });
    writeFileSync(`${directory}/state.json.123.tmp`, '{"vers', { mode: 0o600 });
    const view = await open(directory).read();
    expect(view.paths()).toEqual(Object.keys(sample).sort());
    await commit(open(directory), { 'pki/b.key': 'b' });
    expect(tree(directory).some((line) => /pending|tmp/.test(line))).toBe(false);
  });

  it('of the very first commit leaves a fresh state', async () => {
    const directory = freshPath();
    mkdirSync(`${directory}/pending`, { recursive: true, mode: 0o700 });
    writeFileSync(`${directory}/pending/abc`, 'half', { mode: 0o600 });
    writeFileSync(`${directory}/.gitignore`, '*\n', { mode: 0o600 });
    expect((await open(directory).read()).revision).toBe(0);
    await commit(open(directory), sample);
    expect((await open(directory).read()).revision).toBe(1);
  });

  it('that was already valid is complete for readers and finished by the next writer', async () => {
    const directory = await sampleState();
    const manifest = JSON.parse(readFileSync(`${directory}/state.json`, 'utf8'));
    const changes = { 'pki/kubernetes-ca.crt': 'renewed\n', 'pki/new/deep.key': 'new\n' };
    mkdirSync(`${directory}/pending`, { mode: 0o700 });
    for (const [path, text] of Object.entries(changes)) {
      manifest.files[path] = sha256(text);
      writeFileSync(`${directory}/${pendingName(path, sha256(text))}`, text, { mode: 0o600 });
    }
    writeFileSync(`${directory}/state.json`, JSON.stringify({ ...manifest, revision: 2 }), { mode: 0o600 });
    const before = tree(directory);
    const view = await open(directory).read();
    expect([view.get('pki/kubernetes-ca.crt'), view.get('pki/new/deep.key')]).toEqual(['renewed\n', 'new\n']);
    expect(tree(directory)).toEqual(before);
    await open(directory).withLock(async (session) => expect(session.get('pki/new/deep.key')).toBe('new\n'));
    expect(readFileSync(`${directory}/pki/kubernetes-ca.crt`, 'utf8')).toBe('renewed\n');
    expect(readFileSync(`${directory}/pki/new/deep.key`, 'utf8')).toBe('new\n');
    expect(readdirSync(directory)).not.toContain('pending');
  });

  it('by kill -9 at any moment leaves a usable state', async () => {
    const directory = freshPath();
    let last = 0;
    let leftovers = 0;
    for (let round = 0; round < 12; round++) {
      const child = start(directory, 'churn');
      await ready(child);
      // Spread over the steps of a commit, which takes some milliseconds.
      await sleep(3 + round * 5.3);
      child.kill('SIGKILL');
      await finished(child);
      if (readdirSync(directory).includes('pending')) leftovers += 1;
      const view = await open(directory).read();
      const texts = Array.from({ length: 6 }, (_, index) => view.get(`pki/certificates/${index}.key`));
      expect(new Set(texts).size, 'all entries of one commit or none').toBe(1);
      expect(view.revision).toBeGreaterThan(last);
      last = view.revision;
    }
    expect(leftovers).toBeGreaterThan(0);
    await commit(open(directory), { 'pki/end.key': 'end' });
    expect(tree(directory).some((line) => /pending|lock|tmp/.test(line))).toBe(false);
  }, 120_000);
});
