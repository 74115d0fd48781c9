/** Providers through a change of the cluster file, judged by real API servers (1.20.2) before one etcd. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { encryption } from '../../../src/component/control-plane/encryption.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { type Memory, nothingKnown } from '../../../src/record/memory.ts';
import { recall } from '../../../src/record/recall.ts';
import { fillSecrets } from '../../../src/render/render-plan.ts';
import { clusterOf } from '../../support/cluster-text.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { ControlPlane } from '../servers/control-plane.ts';
import { kubernetesPrograms } from '../servers/kubernetes-programs.ts';

const programs = await kubernetesPrograms();
if (programs === undefined)
  process.stderr.write('\nREFEREE SKIPPED: no Kubernetes of the laboratory (test/lab/kubernetes.sh builds it)\n');

const key = Buffer.alloc(32, 7).toString('base64');

function wanting(provider: string): Cluster {
  const masters = [11, 12, 13].map((last) => ({ address: `10.0.0.${last}` }));
  const apiServer = { encryption: { provider } };
  return clusterOf({ nodes: { masters }, kubernetes: { version: '1.20.2', apiServer } });
}

describe.skipIf(programs === undefined)('encryption at rest through changes', () => {
  let plane: ControlPlane;
  const folder = tempFolder('encryption');
  let memory: Memory = nothingKnown;
  let files = 0;
  beforeAll(async () => {
    plane = await ControlPlane.start(programs ?? '');
  }, 300_000);
  afterAll(() => plane?.stop());

  /** An API server as the next render makes it. */
  async function rendered(provider: string, ...allowed: string[]): Promise<readonly string[]> {
    const found = recall(memory, wanting(provider), allowed);
    memory = found.memory;
    const [node] = found.cluster.masters;
    if (node === undefined) throw new Error('no master');
    const content = encryption.contribute({ cluster: found.cluster, node })?.files?.[0]?.content;
    if (content?.kind !== 'yaml') return plane.another([]);
    files += 1;
    const file = join(folder, `${files}.yaml`);
    const filled = fillSecrets(content.documents[0], { secret: () => key });
    writeFileSync(file, stringify(filled), { mode: 0o600 });
    return plane.another([`--encryption-provider-config=${file}`]);
  }

  const make = (server: readonly string[], name: string) =>
    plane.kubectl([...server, 'create', 'secret', 'generic', name, '--from-literal=a=b']);
  const reads = async (server: readonly string[], name: string) =>
    (await plane.kubectl([...server, 'get', 'secret', name, '-o', 'jsonpath={.data.a}'])).stdout === 'Yg==';

  it('at every step the API servers before and after it can read what both write', async () => {
    const steps = [
      ['secretbox'],
      ['aescbc'],
      ['aescbc', 'kubernetes.apiServer.encryption.provider'],
      ['none'],
      ['secretbox'],
      ['secretbox', 'kubernetes.apiServer.encryption.provider'],
    ] as const;
    let before: readonly string[] | undefined;
    const names: string[] = [];
    for (const [index, [provider, ...allowed]] of steps.entries()) {
      const now = await rendered(provider, ...allowed);
      const name = `of-step-${index}`;
      expect((await make(now, name)).stderr).toBe('');
      names.push(name);
      for (const one of names) expect(await reads(now, one), `${one} by ${provider}`).toBe(true);
      if (before !== undefined) expect(await reads(before, name), `${name} by the one before`).toBe(true);
      before = now;
    }
  });
});
