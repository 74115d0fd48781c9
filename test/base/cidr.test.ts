import { describe, expect, test } from 'vitest';
import { contains, nthAddress, overlaps, prefixLength } from '../../src/base/cidr.ts';

test.each([
  ['0.0.0.0/0', 0],
  ['10.0.0.0/8', 8],
  ['192.168.1.1/32', 32],
])('%s has a prefix of %i bits', (cidr, bits) => {
  expect(prefixLength(cidr)).toBe(bits);
});

describe('overlaps', () => {
  test.each([
    ['10.0.0.0/8', '10.96.0.0/12', true],
    ['10.0.0.0/9', '10.128.0.0/9', false],
    ['10.244.0.0/16', '10.245.0.0/16', false],
    ['0.0.0.0/0', '255.255.255.255/32', true],
    ['192.168.0.0/24', '192.168.0.255/32', true],
    ['192.168.0.0/24', '192.168.1.0/32', false],
    ['10.30.0.1/16', '10.30.255.0/24', true],
  ])('%s and %s: %s', (a, b, answer) => {
    expect(overlaps(a, b)).toBe(answer);
    expect(overlaps(b, a)).toBe(answer);
  });
});

describe('contains', () => {
  test.each([
    ['10.96.0.0/16', '10.96.0.0', true],
    ['10.96.0.0/16', '10.96.255.255', true],
    ['10.96.0.0/16', '10.97.0.0', false],
    ['10.96.0.0/16', '10.95.255.255', false],
    ['255.255.255.255/32', '255.255.255.255', true],
    ['128.0.0.0/1', '200.1.2.3', true],
    ['0.0.0.0/0', '1.2.3.4', true],
  ])('%s holds %s: %s', (cidr, address, answer) => {
    expect(contains(cidr, address)).toBe(answer);
  });
});

describe('nthAddress', () => {
  test.each([
    ['10.96.0.0/16', 1, '10.96.0.1'],
    ['10.96.0.0/16', 10, '10.96.0.10'],
    ['10.96.0.0/16', 256, '10.96.1.0'],
    ['192.168.255.240/28', 15, '192.168.255.255'],
    ['255.255.255.0/24', 255, '255.255.255.255'],
    ['10.96.3.7/16', 1, '10.96.0.1'],
  ])('of %s, %i is %s', (cidr, n, address) => {
    expect(nthAddress(cidr, n)).toBe(address);
  });

  test('beyond the network is refused', () => {
    expect(() => nthAddress('10.96.0.0/28', 16)).toThrow(RangeError);
    expect(() => nthAddress('255.255.255.255/32', 1)).toThrow('255.255.255.255/32 has no address 1');
  });
});
