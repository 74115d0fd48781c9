import { expect, test } from 'vitest';
import { clusterOf, planOf } from '../support/cluster-text.ts';

function trustOf(over: Readonly<Record<string, unknown>>) {
  const plan = planOf(clusterOf(over));
  return {
    flag: /--root-ca-file=([\w/.-]+)/.exec(JSON.stringify(plan))?.[1],
    parts: plan.files.flatMap(({ path, content }) =>
      content.kind === 'authority' && content.authority === 'kubernetes' ? [`${path} ${content.part}`] : [],
    ),
  };
}

test('pods trust the authority made by knode', () => {
  expect(trustOf({})).toEqual({
    flag: '/etc/kubernetes/pki/ca.crt',
    parts: ['/etc/kubernetes/pki/ca.crt certificate', '/etc/kubernetes/pki/ca.key private-key'],
  });
});

test('pods verify an adopted authority up to its root, and nodes admit only certificates that it signed itself', () => {
  const adopted = { certificate: 'ca.crt', key: 'ca.key' };
  expect(trustOf({ pki: { authorities: { kubernetes: adopted } } })).toEqual({
    flag: '/etc/kubernetes/pki/root-ca.crt',
    parts: [
      '/etc/kubernetes/pki/ca.crt certificate',
      '/etc/kubernetes/pki/ca.key private-key',
      '/etc/kubernetes/pki/root-ca.crt chain',
    ],
  });
});
