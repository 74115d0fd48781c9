/** `npm run audit` against servers of its own: it finds what is known, and says when nobody can tell. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { builtCli } from '../support/built-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers every request alike; gives its address and the bodies that it was sent. */
async function answering(
  status: number,
  body: unknown,
): Promise<{ url: string; asked: { path: string; body: string }[] }> {
  const asked: { path: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    request.on('end', () => {
      asked.push({ path: `${request.method} ${request.url}`, body: text });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const audit = (sources: string, ...args: readonly string[]) =>
  auditOf(join(dirname(builtCli()), '..', 'sbom.cdx.json'), sources, ...args);

function auditOf(sbom: string, sources: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', packagePath('scripts/audit.ts'), ...args], {
    cwd: packagePath('.'),
    env: { ...process.env, KNODE_AUDIT_SOURCES: sources, KNODE_AUDIT_SBOM: sbom },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    out += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    err += data;
  });
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out, err })),
  );
}

const advisory = {
  yaml: [{ title: 'it burns', url: 'https://example.com/1', severity: 'high', vulnerable_versions: '<99' }],
};

test('a known vulnerability is reported, with its library, and fails', async () => {
  const server = await answering(200, advisory);
  expect(await audit(server.url)).toExit(1, {
    out: expect.stringMatching(/^high: yaml 2\.\d.* \(affected: <99\): it burns\n/),
  });
  const [request] = server.asked;
  expect(request?.path).toBe('POST /-/npm/v1/security/advisories/bulk');
  const asked = JSON.parse(request?.body ?? '');
  expect(asked).toMatchObject({ zod: [expect.any(String)], '@aws-sdk/client-s3': ['3.1169.0'] });
  // It runs no part of a user's knode.
  expect(asked).not.toHaveProperty('vitest');
});

test('passes below the chosen level', async () => {
  const { url } = await answering(200, advisory);
  expect(await audit(url, '--level', 'critical')).toExit(0, { out: expect.stringContaining(' 0 advisories ') });
});

test('asks the next source if one has no advisories; OSV is one of them', async () => {
  const mute = await answering(405, {});
  const good = await answering(200, { results: [{ vulns: [{ id: 'GHSA-x' }] }] });
  const ended = await audit(`${mute.url} osv+${good.url}`);
  expect(ended).toExit(1, { out: expect.stringContaining('https://osv.dev/vulnerability/GHSA-x') });
  expect(ended.err).toContain('gives no advisories: 405');
});

test('reports that nothing was checked if no source answers', async () => {
  const { url } = await answering(404, {});
  expect(await audit(`${url} http://127.0.0.1:1`)).toExit(4, { out: '', err: expect.stringContaining('NOT CHECKED') });
});

test('reports that nothing was checked without a list of libraries', async () => {
  const { url } = await answering(200, {});
  const file = join(tempFolder('audit'), 'sbom.cdx.json');
  expect(await auditOf(file, url)).toExit(4, { out: '', err: expect.stringMatching(/NOT CHECKED: .*npm run build/) });
  writeFileSync(file, JSON.stringify({ bomFormat: 'CycloneDX', components: [] }));
  expect(await auditOf(file, url)).toExit(4, { out: '', err: expect.stringContaining('lists no library') });
});

test('reports a wrong level', async () => {
  expect(await audit('http://127.0.0.1:1', '--level', 'much')).toExit(2, { err: expect.stringContaining('usage') });
});
