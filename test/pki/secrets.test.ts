import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SecretRequest } from '../../src/component/requests.ts';
import { planPki } from '../../src/pki/plan.ts';
import { newSecret } from '../../src/pki/secrets.ts';
import { actionOf, encryption, hour, input, issue, later, start, token } from './fixture.ts';

const first = await issue(input({ certificates: [] }));
const planAt = (milliseconds: number, secret = token) =>
  actionOf(
    planPki(input({ certificates: [], secrets: [secret], stored: first.stored, clock: later(milliseconds) })),
    secret.name,
  );

describe('a bootstrap token', () => {
  it('has the form that Kubernetes needs', () => {
    expect(first.materials.secret('bootstrap', 'id')).toMatch(/^[a-z0-9]{6}$/);
    expect(first.materials.secret('bootstrap', 'secret')).toMatch(/^[a-z0-9]{16}$/);
    expect(first.materials.secret('bootstrap', 'expires')).toBe('2026-11-22T07:30:00Z');
  });

  it('is used until a quarter of its life is left', async () => {
    expect(planAt(17 * hour)).toBe('reuse: valid until 2026-11-22 07:30 UTC');
    expect(planAt(18 * hour - 1000)).toMatch(/^reuse/);
    expect(planAt(18 * hour)).toBe('reissue: expires in 5 hours');
    expect(planAt(26 * hour)).toBe('reissue: expired 2 hours ago');
    const second = await issue(input({ certificates: [], stored: first.stored, clock: later(20 * hour) }));
    expect([...second.entries.keys()]).toEqual(['secrets/bootstrap.json']);
    expect(second.materials.secret('bootstrap', 'id')).not.toBe(first.materials.secret('bootstrap', 'id'));
    expect(second.materials.secret('bootstrap', 'expires')).toBe('2026-11-23T03:30:00Z');
  });

  it('draws every letter equally often', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 2000; round++) {
      const { id, secret } = JSON.parse(newSecret(token, randomBytes, new Date(start)));
      for (const letter of id + secret) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = (2000 * 22) / 36;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(36);
    // 35 degrees of freedom: values above 90 occur by chance once in a million; a modulo bias gives about 200.
    expect(chiSquare).toBeLessThan(90);
  });

  it('discards the bytes that would favour the first letters', () => {
    const given = [252, 253, 254, 255, 0, 35, 36, 251];
    const text = newSecret(
      token,
      (count) => Uint8Array.from({ length: count }, () => given.shift() ?? 1),
      new Date(start),
    );
    expect(JSON.parse(text).id).toBe('a9a9bb');
  });
});

describe('a random secret', () => {
  it('has its bytes in the encoding asked for', () => {
    const value = first.materials.secret('encryption', 'value');
    expect(Buffer.from(value, 'base64')).toHaveLength(32);
    const hex: SecretRequest = { name: 'cookie', type: 'random', bytes: 16, encoding: 'hex' };
    expect(JSON.parse(newSecret(hex, randomBytes, new Date(start))).value).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is kept for ever', () => {
    expect(planAt(1e6 * hour, encryption)).toBe('reuse: kept for the life of the cluster');
  });
});

it.each([
  ['x'],
  ['null'],
  ['{}'],
  ['{"type":"random"}'],
  ['{"type":"random","value":""}'],
  ['{"type":"bootstrap-token","id":"a","secret":"b","expires":"c"}'],
])('a stored secret %j is an error, never replaced', (text) => {
  for (const secret of [token, encryption]) {
    const stored = new Map(first.stored).set(`secrets/${secret.name}.json`, text);
    const plan = planPki(input({ certificates: [], secrets: [secret], stored }));
    expect(plan.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['state-damaged']);
    expect(plan.actions.some((step) => step.kind === 'secret')).toBe(false);
  }
});
