import { expect, test } from 'vitest';
import { nearest } from '../../src/base/nearest.ts';

test('finds what was meant', () => {
  expect(nearest('cluster-cdir', ['cluster-cidr', 'cluster-name'])).toBe('cluster-cidr');
  expect(nearest('clusterDns', ['clusterDNS', 'clusterDomain'])).toBe('clusterDNS');
  expect(nearest('vxlan', ['udp', 'vxlan'])).toBe('vxlan');
});

test('says nothing when nothing is near', () => {
  expect(nearest('anonymous-auth', ['bind-address', 'tls-cert-file'])).toBeUndefined();
  expect(nearest('', ['a', 'abc'])).toBe('a');
  expect(nearest('', ['abc'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

test('a short word may be wrong in one letter only', () => {
  expect(nearest('ip', ['id'])).toBe('id');
  expect(nearest('ip', ['udp'])).toBeUndefined();
});

test('the first of equals wins', () => {
  expect(nearest('port', ['part', 'pork'])).toBe('part');
});
