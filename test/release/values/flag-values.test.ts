import { describe, expect, test } from 'vitest';
import type { ValueFact } from '../../../src/release/fact-files.ts';
import { facts } from '../../../src/release/facts.ts';
import { flagTypeName, knownFlag } from '../../../src/release/flags.ts';
import { knownMinors } from '../../../src/release/minors.ts';
import { flagType } from '../../../src/release/values/flag-types.ts';
import { checkFlagValue, type FlagProgram } from '../../../src/release/values/flag-values.ts';
import { flagsOf } from '../../oracle/oracle.ts';

const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'] as const;

test.each(programs)('types of %s are those of the per-minor files of the oracle', (program) => {
  for (const minor of knownMinors()) {
    const theirs = [...flagsOf(program, minor)].map(([flag, { type }]) => [minor, flag, type]);
    expect(theirs.map(([, flag = '']) => [minor, flag, flagTypeName(program, minor, flag)])).toEqual(theirs);
  }
});

test('a type without a check accepts any text, or its syntax is unknown', () => {
  const all = programs.flatMap((program) =>
    knownMinors().flatMap((minor) => [...flagsOf(program, minor).values()].map(({ type }) => type)),
  );
  const free = [...new Set(all)].filter((type) => flagType(type) === undefined).sort();
  const opaque = ['LocalMode', 'ProxyMode', '[]api.Taint', '[]v1.Taint', 'reserved-memory', 'value', 'version'];
  expect(free).toEqual([...opaque, 'string', 'stringArray'].sort());
});

describe('facts of values', () => {
  const {
    note: _,
    sources,
    ciphers: __,
    ...byProgram
  } = facts('flag-values') as unknown as Record<string, Record<string, ValueFact | readonly ValueFact[]>>;
  const entries = Object.entries(byProgram).flatMap(([program, flags]) =>
    Object.entries(flags).flatMap(([flag, fact]) => [fact].flat().map((one) => ({ program, flag, fact: one }))),
  );

  test('name existing flags, and have sources', () => {
    expect(entries.length).toBeGreaterThan(80);
    for (const { program, flag, fact } of entries) {
      const owners = program === 'kubernetes' ? programs : [program];
      const known = owners.some((owner) =>
        owner === 'etcd' ? flag in facts('etcd').flags : flag in (facts('kubernetes-flags')[owner] ?? {}),
      );
      expect([program, flag, known]).toEqual([program, flag, true]);
      expect(sources, flag).toHaveProperty(fact.source);
    }
  });

  test('hold for the values that they name', () => {
    for (const { program, flag, fact } of entries.filter(({ program }) => program !== 'kubernetes')) {
      const words = [...(fact.oneOf ?? []), ...(Array.isArray(fact.eachOf) ? fact.eachOf : [])];
      const bounds = [fact.min, fact.max].flatMap((bound) => (bound === undefined ? [] : [String(bound)]));
      const minor = (fact.minors ?? (program === 'etcd' ? '3.6' : '1.36')).split('-').at(-1) ?? '';
      for (const value of [...words, ...bounds]) {
        const found = checkFlagValue(program as FlagProgram, minor, { flag, value }, [
          { flag: fact.with ?? '', value: '' },
        ]);
        expect([program, flag, value, found]).toEqual([program, flag, value, undefined]);
      }
    }
  });
});

test.each([
  ['kube-apiserver', '1.16', 'audit-log-version', 'audit.k8s.io/v1beta1', true],
  ['kube-apiserver', '1.24', 'audit-log-version', 'audit.k8s.io/v1beta1', false],
  ['kube-apiserver', '1.18', 'tls-cipher-suites', 'TLS_AES_128_GCM_SHA256', false],
  ['kube-apiserver', '1.19', 'tls-cipher-suites', 'TLS_AES_128_GCM_SHA256', true],
  ['kube-apiserver', '1.30', 'feature-gates', 'kube:AllAlpha=true', true],
  ['kube-apiserver', '1.36', 'feature-gates', 'kube:AllAlpha=true,X=0', true],
  ['kube-apiserver', '1.36', 'feature-gates', 'kube:AllAlpha=perhaps', false],
  ['kube-apiserver', '1.36', 'tls_sni_cert_key', '/a.crt', false],
  ['kube-controller-manager', '1.27', 'leader-elect-resource-lock', 'endpointsleases', true],
  ['kube-controller-manager', '1.28', 'leader-elect-resource-lock', 'endpointsleases', false],
  ['kube-proxy', '1.17', 'metrics-bind-address', '127.0.0.1:10249', false],
  ['kube-proxy', '1.18', 'metrics-bind-address', '127.0.0.1:10249', true],
  ['kube-proxy', '1.18', 'metrics-bind-address', '[::1]:10249', true],
  ['kube-scheduler', '1.36', 'vmodule', 'a=1,b', false],
  ['kubelet', '1.36', 'log-json-info-buffer-size', '64Mi', true],
  ['kubelet', '1.36', 'log-json-info-buffer-size', '64MiB', false],
  ['kubelet', '1.36', 'tls-curve-preferences', 'x', true],
  ['kubelet', '1.36', 'no-such-flag', 'anything', true],
  ['etcd', '3.4', 'logger', 'capnslog', true],
  ['etcd', '3.5', 'logger', 'capnslog', false],
  ['etcd', '3.6', 'max_wals', 'x', true],
  ['kubelet', '1.20', 'manifest-url-header', 'X-Key:word,X-Other:a=b', true],
  ['kubelet', '1.36', 'manifest_url_header', 'X-Key=word', false],
  ['flanneld', '0.27.4', 'iface-regex', '^(eth|"en),1$', true],
] as const)('%s %s --%s=%s', (program: FlagProgram, minor, flag, value, accepted) => {
  if (program !== 'etcd' && program !== 'flanneld' && !accepted)
    expect(knownFlag(program, minor, flag).known).toBe(true);
  expect(checkFlagValue(program, minor, { flag, value }, [{ flag: 'audit-log-path', value: '-' }]) === undefined).toBe(
    accepted,
  );
});
