import { describe, expect, it } from 'vitest';
import type { FoundingRight } from '../../src/component/requests.ts';
import { planPki } from '../../src/pki/plan.ts';
import { actionOf, day, hour, input, issue, later, token } from './fixture.ts';

const right: FoundingRight = { name: 'founding', type: 'founding-right', ttlHours: 48, traces: ['bootstrap'] };
const secrets = [token, right];

describe('the right to found', () => {
  it('is granted with the first render, until its end', async () => {
    const first = await issue(input({ secrets }));
    expect(actionOf(first.plan, 'founding')).toBe('create: not made yet');
    expect(first.materials.lasts('founding')).toBe(true);
    expect(first.materials.secret('founding', 'since')).toBe('2026-11-21T07:30:00Z');
    expect(first.materials.secret('founding', 'until')).toBe('2026-11-23T07:30:00Z');
    for (const [hours, lasts] of [
      [47, true],
      [48, false],
      [24 * 365, false],
    ] as const) {
      const again = await issue(input({ secrets, stored: first.stored, clock: later(hours * hour) }));
      expect(again.materials.lasts('founding'), `${hours} h`).toBe(lasts);
      expect(again.entries.has('secrets/founding.json'), `${hours} h`).toBe(false);
    }
    const ended = planPki(input({ secrets, stored: first.stored, clock: later(3 * day) }));
    expect(actionOf(ended, 'founding')).toMatch(/^reuse: ended on /);
  });

  it('is not granted to a cluster whose state is older than the right', async () => {
    const { stored } = await issue(input({ secrets: [token] }));
    const after = await issue(input({ secrets, stored, clock: later(day) }));
    expect(actionOf(after.plan, 'founding')).toMatch(/^reuse: not given: the state is older/);
    expect(after.materials.lasts('founding')).toBe(false);
    expect(after.stored.has('secrets/founding.json')).toBe(false);
  });

  it('is granted to a state that holds certificates alone, as after an import', async () => {
    const { stored } = await issue(input({ secrets: [] }));
    expect(actionOf(planPki(input({ secrets, stored })), 'founding')).toBe('create: not made yet');
  });

  it('is granted again on demand, from then on, whatever was before', async () => {
    const grant = new Set(['founding']);
    const first = await issue(input({ secrets }));
    const again = await issue(input({ secrets, stored: first.stored, clock: later(30 * day), grant }));
    expect(actionOf(again.plan, 'founding')).toBe('reissue: given again, as you asked');
    expect(again.materials.secret('founding', 'until')).toBe('2026-12-23T07:30:00Z');
    const older = await issue(input({ secrets: [token] }));
    const granted = await issue(input({ secrets, stored: older.stored, grant }));
    expect(actionOf(granted.plan, 'founding')).toBe('create: given again, as you asked');
    expect(granted.materials.lasts('founding')).toBe(true);
  });

  it.each(['{}', '{"type":"founding-right","since":"2026-11-21T07:30:00Z","until":"soon"}'])(
    'counts as damaged if the state holds %s',
    async (text) => {
      const { stored } = await issue(input({ secrets }));
      stored.set('secrets/founding.json', text);
      const plan = planPki(input({ secrets, stored }));
      expect(plan.diagnostics.map(({ code }) => code)).toEqual(['state-damaged']);
    },
  );
});
