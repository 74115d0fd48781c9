import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/commands/explain.ts';
import { pkiList } from '../../src/commands/pki/list.ts';
import { render } from '../../src/commands/render.ts';
import { schema } from '../../src/commands/schema.ts';
import { clusterJsonSchema } from '../../src/model/json-schema.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, secretPattern } from './fixture.ts';

const first = { role: 'master', index: '0' };

describe('pki list', () => {
  const listed = async (file: string, json = false) => {
    const io = memoryIo();
    await pkiList({ file, json }, io);
    return io.out();
  };

  test('says that there are no certificates yet', async () => {
    const file = freshCluster();
    expect(await listed(file)).toBe('no certificates yet: knode render makes them\n');
    expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
  });

  test('shows subject, names, end and holders of each, and no key', async () => {
    const file = freshCluster();
    await render({ file, all: true, output: join(freshFolder(), 'out') }, memoryIo());
    const { certificates } = JSON.parse(await listed(file, true)) as {
      certificates: { id: string; kind: string; nodes: string[]; notAfter: string; sans: string[] }[];
    };
    const authorities = certificates.filter((one) => one.kind === 'authority');
    expect(authorities.map((one) => one.id).sort()).toEqual(['etcd', 'front-proxy', 'kubernetes']);
    const server = certificates.find((one) => one.id === 'kube-apiserver@m2');
    expect(server?.nodes).toEqual(['m2']);
    expect(server?.sans).toEqual(expect.arrayContaining(['kubernetes.default.svc.cluster.local', '10.96.0.1']));
    expect(certificates.every((one) => one.nodes.length > 0 && one.notAfter > '2026-11-21')).toBe(true);
    for (const text of [await listed(file), await listed(file, true)]) expect(text).not.toMatch(secretPattern);
    expect(await listed(file)).toMatch(/expires {2}\S+ \(in \d+ days\)/);
  });
});

describe('schema', () => {
  test('is JSON Schema of the input: only keys without a default are required', () => {
    const io = memoryIo();
    schema({}, io);
    const document = JSON.parse(io.out()) as { $schema: string; required: string[]; additionalProperties: boolean };
    expect(document).toEqual(JSON.parse(JSON.stringify(clusterJsonSchema())));
    expect(document.required.sort()).toEqual(['apiEndpoint', 'apiVersion', 'kind', 'kubernetes', 'name', 'nodes']);
    expect(document.additionalProperties).toBe(false);
    expect(document.$schema).toContain('draft-07');
  });

  test('describes every setting, so that editors can', () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      const { properties } = node as { properties?: Record<string, { description?: string }> };
      for (const [key, value] of Object.entries(properties ?? {})) {
        if (value.description === undefined) bare.push(`${path}.${key}`);
        walk(value, `${path}.${key}`);
      }
    };
    walk(clusterJsonSchema(), '');
    expect(bare).toEqual([]);
  });
});

test('each of them reports the mistakes of the cluster file', async () => {
  const file = freshCluster((text) => text.replace('podCIDR', 'podCDIR'));
  const io = memoryIo();
  for (const work of [() => explain({ file, ...first }, io), () => pkiList({ file }, io)])
    expect(await mistakes(work)).toEqual(["unknown-key: unknown key 'podCDIR' in network | did you mean 'podCIDR'?"]);
});
