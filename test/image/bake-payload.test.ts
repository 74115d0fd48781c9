import { describe, expect, it } from 'vitest';
import { commonFiles, imageName, isBaked } from '../../src/image/bake-payload.ts';

const file = (path: string, content: string, mode = '0644') => ({ path, content, mode });

describe('the common files of several nodes', () => {
  it('are all files of a single node, and equal files of several, by path', () => {
    const master = [file('/b', 'same'), file('/master', 'm'), file('/differs', 'm')];
    const worker = [file('/b', 'same'), file('/a', 'w'), file('/differs', 'w')];
    expect(commonFiles([master, worker]).map((one) => one.path)).toEqual(['/a', '/b', '/master']);
  });

  it('are not those with different modes, nor those that only some share', () => {
    expect(commonFiles([[file('/x', 'x')], [file('/x', 'x', '0755')]])).toEqual([]);
    expect(commonFiles([[file('/x', '1')], [file('/x', '2')], [file('/x', '1')]])).toEqual([]);
  });
});

it('never include a secret, nor a file of one node', () => {
  const layers = ['image', 'cluster'] as const;
  expect(isBaked({ layer: 'image', secret: false }, layers)).toBe(true);
  expect(isBaked({ layer: 'cluster', secret: false }, layers)).toBe(true);
  expect(isBaked({ layer: 'cluster', secret: false }, ['image'])).toBe(false);
  expect(isBaked({ layer: 'cluster', secret: true }, layers)).toBe(false);
  expect(isBaked({ layer: 'node', secret: false }, layers)).toBe(false);
});

it('give images names that every platform accepts', () => {
  const digest = 'ab'.repeat(32);
  expect(imageName(['worker', '1.36.3', 'debian-12', 'amd64'], digest)).toBe(
    'knode-worker-1-36-3-debian-12-amd64-abababababab',
  );
  const long = imageName(['balancer', '1.36.3-beta.1+build.2', 'ubuntu-24.04-with-more', 'amd64'], digest);
  // Google's are the strictest: a letter first, then letters, digits and dashes, 63 of them.
  expect(long).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
});
