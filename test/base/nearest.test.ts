import { expect, test } from 'vitest';
import { nearest } from '../../src/base/nearest.ts';

test('finds the intended word', () => {
  expect(nearest('cluster-cdir', ['cluster-cidr', 'cluster-name'])).toBe('cluster-cidr');
  expect(nearest('clusterDns', ['clusterDNS', 'clusterDomain'])).toBe('clusterDNS');
  expect(nearest('vxlan', ['udp', 'vxlan'])).toBe('vxlan');
});

test('returns nothing if no word is close', () => {
  expect(nearest('anonymous-auth', ['bind-address', 'tls-cert-file'])).toBeUndefined();
  expect(nearest('', ['a', 'abc'])).toBe('a');
  expect(nearest('', ['abc'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

test('a short word may differ in one letter only', () => {
  expect(nearest('ip', ['id'])).toBe('id');
  expect(nearest('ip', ['udp'])).toBeUndefined();
});

test('the first of equal candidates wins', () => {
  expect(nearest('port', ['part', 'pork'])).toBe('part');
});
