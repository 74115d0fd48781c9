import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { localState } from '../../src/state/local-state.ts';

/** A knode of its own, for the tests that need several processes: `child.ts <directory> <what> [count]`. */
const [directory = '', what = '', count = '1'] = process.argv.slice(2);
const notice = (text: string): void => console.log(`notice ${text}`);
const store = localState({ directory, cluster: 'demo', clock: systemClock, waitMs: 60_000, notice });

/** Counts up a number that is stored in two files, `count` times, each time under the lock. */
async function increment(): Promise<void> {
  for (let round = 0; round < Number(count); round++) {
    await store.withLock(async (session) => {
      const next = String(Number(session.get('pki/a.key') ?? '0') + 1);
      await session.commit(
        new Map([
          ['pki/a.key', next],
          ['secrets/b.json', next],
        ]),
      );
    });
  }
}

/** Commits without end until it is killed; every entry of a commit carries the same number and a long text. */
async function churn(): Promise<void> {
  for (let round = 1; ; round++) {
    await store.withLock(async (session) => {
      const text = `${session.revision} ${'x'.repeat(2000)}`;
      const entries = Array.from({ length: 6 }, (_, index) => [`pki/certificates/${index}.key`, text] as const);
      await session.commit(new Map([...entries, [`pki/once-${round % 7}.key`, text]]));
    });
    if (round === 1) console.log('ready');
  }
}

/** Takes the lock and sits on it. */
async function hold(): Promise<void> {
  await store.withLock(async () => {
    console.log('ready');
    await sleep(60_000);
  });
}

/** Reads without a lock, `count` times. */
async function read(): Promise<void> {
  for (let round = 0; round < Number(count); round++) {
    const view = await store.read();
    if (view.get('pki/a.key') !== view.get('secrets/b.json')) throw new Error('half a commit was seen');
  }
}

const actions: Readonly<Record<string, () => Promise<void>>> = { increment, churn, hold, read };
await actions[what]?.();
