/**
 * Packer itself validates the output of `knode image template`: Debian's 1.6.6, which has every builder built in. No
 * cloud is contacted.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packagePath } from '../../../src/base/files/package-root.ts';
import { imageTemplate } from '../../../src/commands/image/template.ts';
import { builders } from '../../../src/platform/builders.ts';
import { MemoryIo } from '../rendered.ts';
import { describeReferee, type Finished, sh, tempDir } from '../tools.ts';

const checksum = `sha256:${'a'.repeat(64)}`;
const example = packagePath('examples/modern');

/** No credentials of this machine's environment: the folder has everything that Packer needs to validate. */
const environment = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(AWS|ARM|OS|GOOGLE|PKR|VSPHERE|PROXMOX)_/.test(name))
    .map((name) => [name, undefined]),
);

/** OpenStack's builder logs in to Keystone even to validate; this stand-in accepts everybody. */
async function keystone(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const url = `http://${request.headers.host}`;
      const endpoints = [{ interface: 'public', region: 'r', region_id: 'r', url: `${url}/compute/v2.1`, id: 'e' }];
      const catalog = ['compute', 'image', 'network', 'volumev3'].map((type) => ({
        type,
        name: type,
        id: type,
        endpoints,
      }));
      const token = {
        methods: ['password'],
        expires_at: '2099-01-01T00:00:00.000000Z',
        issued_at: '2026-01-01T00:00:00.000000Z',
        catalog,
        user: { id: 'u', name: 'u', domain: { id: 'd', name: 'd' } },
      };
      response.writeHead(request.method === 'POST' ? 201 : 200, {
        'content-type': 'application/json',
        'x-subject-token': 't',
      });
      response.end(JSON.stringify({ token, versions: { values: [] }, flavors: [{ id: 'f', name: 'm1.small' }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function written(builder: string, more: object = {}): Promise<string> {
  const output = join(tempDir('packer'), 'build');
  const { base } = builders.find((one) => one.name === builder) ?? { base: 'none' };
  const from =
    base === 'file'
      ? { base: 'https://images.example.com/a.qcow2', checksum }
      : base === 'name'
        ? { base: 'debian-12' }
        : {};
  const options = {
    file: join(example, 'cluster.yaml'),
    builder,
    role: 'worker',
    packer: '1.6',
    output,
    ...from,
    ...more,
  };
  await imageTemplate(options, new MemoryIo());
  return output;
}

function validate(folder: string, env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  // packer writes its locks to its working directory, unless another place is set.
  const own = { CHECKPOINT_DISABLE: '1', PACKER_CACHE_DIR: tempDir('packer-cache') };
  return sh('packer', ['validate', folder], { env: { ...environment, ...own, ...env } });
}

describeReferee('packer', { tools: { packer: 'packer' } }, () => {
  let cloud: Awaited<ReturnType<typeof keystone>>;
  beforeAll(async () => {
    cloud = await keystone();
  });
  afterAll(() => cloud?.close());

  it.each(builders.map(({ name }) => name))('accepts the folder of %s unchanged', async (builder) => {
    const env =
      builder === 'openstack'
        ? {
            OS_AUTH_URL: cloud.url,
            OS_USERNAME: 'u',
            OS_PASSWORD: 'p',
            OS_PROJECT_NAME: 'p',
            OS_DOMAIN_NAME: 'd',
            OS_REGION_NAME: 'r',
          }
        : {};
    // Of variables that no file declares Packer only warns: nothing may be said at all.
    expect(await validate(await written(builder), env)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('finds no missing path: the check above can fail', async () => {
    const folder = await written('null');
    rmSync(join(folder, 'variables.pkr.hcl'));
    expect(await validate(folder)).toExit(1);
    const other = await written('qemu');
    writeFileSync(join(other, 'knode.auto.pkrvars.json'), '{ "image_name": "x" }');
    expect((await validate(other)).stdout).toMatch(/base_image/);
  });

  it('finds every definition written as `packer fmt` writes it', async () => {
    for (const folder of ['packer', 'packer/builders', 'packer/plugins'])
      expect(await sh('packer', ['fmt', '-check', packagePath(folder)])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('does not know plugin requirements yet, which is why they are in a file of their own', async () => {
    const folder = await written('qemu', { packer: '1.11' });
    const said = await validate(folder);
    expect(said.stdout).toContain('Blocks of type "required_plugins" are not expected here.');
    rmSync(join(folder, 'plugins.pkr.hcl'));
    expect(await validate(folder)).toExit(0);
  });
});

describeReferee('shellcheck', { tools: { shellcheck: 'shellcheck' } }, () => {
  it('accepts the scripts that make an image', async () => {
    const scripts = ['bake', 'clean', 'hygiene', 'lib', 'manifest'].map((name) =>
      packagePath('packer/provision', name),
    );
    expect(await sh('shellcheck', ['-x', ...scripts])).toEqual({ code: 0, stdout: '', stderr: '' });
    for (const script of scripts) expect(readFileSync(script, 'utf8')).toMatch(/^#!\/bin\/bash\n/);
  });
});
