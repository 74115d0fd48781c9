import { expect, it } from 'vitest';
import { withoutStartOptions } from '../../bench/measure.ts';
import { run } from '../../bench/run.ts';

const sleeping = ['-c', 'sleep 60 & wait'];

it('ends a program that takes too long, with its children, and reports it', async () => {
  const begun = Date.now();
  await expect(run('sh', sleeping, process.env, { seconds: 0.3 })).rejects.toThrow(/ended: it took more than 0\.3 s/);
  expect(Date.now() - begun).toBeLessThan(10_000);
});

it('ends a program whose server has failed', async () => {
  const limits = { seconds: 60, trouble: async () => 'the server is full' };
  await expect(run('sh', sleeping, process.env, limits, 50)).rejects.toThrow(/ended: the server is full/);
});

it('reports time and memory of a program that succeeds, and the output of one that fails', async () => {
  const { seconds, peakMiB } = await run('sh', ['-c', 'sleep 0.2'], process.env, { seconds: 60 });
  expect([seconds >= 0.2, peakMiB > 0]).toEqual([true, true]);
  await expect(run('sh', ['-c', 'echo no >&2; exit 3'], process.env, { seconds: 60 })).rejects.toThrow(
    /ended with 3: no/,
  );
});

it('measures without the extra certificates of the environment', () => {
  const env: NodeJS.ProcessEnv = { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt', PATH: '/bin' };
  withoutStartOptions(env);
  expect(env).toEqual({ PATH: '/bin' });
});
