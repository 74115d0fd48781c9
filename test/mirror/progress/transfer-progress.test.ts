import { describe, expect, test } from 'vitest';
import { bytesText, rateText, secondsText } from '../../../src/mirror/progress/amounts.ts';
import { transferProgress } from '../../../src/mirror/progress/transfer-progress.ts';
import { memoryIo } from '../../commands/fixture.ts';

const key = 'etcd/3.6.5/linux-amd64/etcd.tar.gz';

/** A transfer of 10 MB in ten steps of half a second, and its progress lines. */
function shown(over: { json?: boolean; terminal?: boolean; step?: number } = {}) {
  const { json = false, terminal = false, step = 500 } = over;
  const io = { ...memoryIo(), ...(terminal && { terminal: { columns: () => 70 } }) };
  let now = 1000;
  const progress = transferProgress(io, { json, verb: 'pulled', ticks: () => now });
  progress.tell({ event: 'begin', key, from: 'https://example.com', size: 10_000_000 });
  for (let done = 1; done <= 10; done++) {
    now += step;
    progress.tell({ event: 'progress', key, done: done * 1_000_000, size: 10_000_000 });
  }
  progress.tell({ event: 'retry', key, reason: 'the connection broke', seconds: 1.5 });
  progress.tell({ event: 'done', key, size: 10_000_000, transferred: 10_000_000, seconds: 5 });
  progress.end();
  return { out: io.out(), err: io.err() };
}

describe('progress', () => {
  test('plain lines without a terminal', () => {
    expect(shown()).toEqual({
      out: '',
      err: `knode: the connection broke; again in 1.5 s\nknode: pulled ${key}: 10.0 MB in 5.0 s, 2.00 MB/s\n`,
    });
    const long = shown({ step: 10_000 }).err.split('\n');
    expect(long[0]).toBe('knode: etcd.tar.gz  2.00 MB of 10.0 MB, 0.100 MB/s, 1 min 20 s left');
    expect(long).toHaveLength(8);
  });

  test('a redrawn line on a terminal, which is removed at the end', () => {
    const { err } = shown({ terminal: true });
    expect(err).toContain(
      '  etcd.tar.gz  5.00 MB of 10.0 MB, 2.00 MB/s, 2.5 s left\n\u001b[1A\u001b[J  etcd.tar.gz  6.00 MB',
    );
    expect(err).toContain('\u001b[1A\u001b[Jknode: the connection broke');
    expect(err.endsWith(`knode: pulled ${key}: 10.0 MB in 5.0 s, 2.00 MB/s\n`)).toBe(true);
    for (const line of err.split('\n').filter((one) => one.startsWith('  '))) expect(line.length).toBeLessThan(70);
  });

  test('JSON, one object per line, at most one per second for each transfer', () => {
    const events = shown({ json: true })
      .err.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((one) => one.event)).toEqual(['begin', ...Array(5).fill('progress'), 'retry', 'done']);
  });
});

test('sizes, times and rates', () => {
  expect([0, 1, 532, 999, 1000, 24_100_000, 999_700, 1.3e9].map(bytesText)).toEqual([
    '0 bytes',
    '1 byte',
    '532 bytes',
    '999 bytes',
    '1.00 kB',
    '24.1 MB',
    '1.00 MB',
    '1.30 GB',
  ]);
  expect([0.04, 8, 9.96, 75, 3840].map(secondsText)).toEqual(['0.0 s', '8.0 s', '10 s', '1 min 15 s', '1 h 4 min']);
  expect([rateText(1e6, 0.5), rateText(1, 0)]).toEqual(['2.00 MB/s', '']);
});
