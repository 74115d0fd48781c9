import { describe, expect, test } from 'vitest';
import { availability, parseIntervals } from '../../src/release/interval.ts';
import {
  atLeast,
  clampVersion,
  compareVersions,
  isFullVersion,
  minorOf,
  parseVersion,
} from '../../src/release/version.ts';

describe('versions', () => {
  test('are read in the forms the projects write', () => {
    expect(parseVersion('1.36.2')).toEqual({ major: 1, minor: 36, patch: 2, pre: '' });
    expect(parseVersion('v0.28.9')).toEqual({ major: 0, minor: 28, patch: 9, pre: '' });
    expect(parseVersion('19.03.1')).toEqual({ major: 19, minor: 3, patch: 1, pre: '' });
    expect(parseVersion('1.36')).toEqual({ major: 1, minor: 36, patch: 0, pre: '' });
    expect(parseVersion('1.36.0-rc.1')?.pre).toBe('rc.1');
  });

  test.each(['', '1', 'latest', '1.36.x', '1.36.2.1', ' 1.36.2', '1..2'])('%j is refused', (text) => {
    expect(parseVersion(text)).toBeUndefined();
    expect(() => minorOf(text)).toThrow('not a version');
  });

  test('compare by number, not by letter', () => {
    expect(compareVersions('1.9.0', '1.16.0')).toBeLessThan(0);
    expect(compareVersions('3.5.10', '3.5.9')).toBeGreaterThan(0);
    expect(compareVersions('v1.20', '1.20.0')).toBe(0);
  });

  test('a pre-release is older than its release', () => {
    expect(atLeast('1.36.0-rc.1', '1.36.0')).toBe(false);
    expect(atLeast('1.36.0', '1.36.0-rc.1')).toBe(true);
    expect(compareVersions('1.36.0-rc.2', '1.36.0-rc.10')).toBeLessThan(0);
    expect(atLeast('1.36.0-rc.1', '1.36.0-rc.1')).toBe(true);
  });

  test('are full with three numbers', () => {
    expect(isFullVersion('1.36.2')).toBe(true);
    expect(isFullVersion('1.36')).toBe(false);
    expect(isFullVersion('newest')).toBe(false);
  });

  test('are clamped to both ends', () => {
    expect(clampVersion('0.1.0', '0.7.0', '0.28.9')).toBe('0.7.0');
    expect(clampVersion('0.29.0', '0.7.0', '0.28.9')).toBe('0.28.9');
    expect(clampVersion('0.11.0', '0.7.0', '0.28.9')).toBe('0.11.0');
  });
});

describe('intervals', () => {
  const gap = parseIntervals('1.18-1.19,1.21-1.36');

  test('are read in the forms of the facts', () => {
    expect(gap).toEqual([
      { since: '1.18', until: '1.19' },
      { since: '1.21', until: '1.36' },
    ]);
    expect(parseIntervals('1.23')).toEqual([{ since: '1.23', until: '1.23' }]);
    expect(parseIntervals('v0.7.0..v0.17.0')).toEqual([{ since: '0.7.0', until: '0.17.0' }]);
  });

  test('answer from the relevant interval', () => {
    expect(availability('1.17', gap)).toEqual({ known: false, since: '1.18', until: '1.19' });
    expect(availability('1.19', gap)).toEqual({ known: true, since: '1.18', until: '1.19' });
    expect(availability('1.20', gap)).toEqual({ known: false, since: '1.21', until: '1.36' });
    expect(availability('1.37', gap)).toEqual({ known: false, since: '1.21', until: '1.36' });
    expect(availability('1.20', [])).toEqual({ known: false });
  });
});
