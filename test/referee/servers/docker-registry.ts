/** The registry that the distribution project makes (Debian package docker-registry), on loopback, filled by its own API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestManifest } from '../../support/test-image.ts';
import { onExit, sleep, tempDir } from '../tools.ts';
import { freePort } from './free-port.ts';

export class DockerRegistry {
  readonly host: string;
  readonly dir: string;
  readonly #child: ChildProcess;
  readonly #forget: () => void;

  private constructor(host: string, dir: string, child: ChildProcess) {
    this.host = host;
    this.dir = dir;
    this.#child = child;
    this.#forget = onExit(() => child.kill('SIGKILL'));
  }

  static async start(): Promise<DockerRegistry> {
    const dir = tempDir('registry');
    const host = `127.0.0.1:${await freePort()}`;
    const config = {
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(dir, 'data') } },
      http: { addr: host },
    };
    // JSON is YAML.
    writeFileSync(join(dir, 'config.yml'), JSON.stringify(config));
    const child = spawn('docker-registry', ['serve', join(dir, 'config.yml')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const registry = new DockerRegistry(host, dir, child);
    for (const end = Date.now() + 20_000; ; await sleep(50)) {
      const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
      if (answer?.ok) return registry;
      if (child.exitCode !== null || Date.now() > end) throw new Error('docker-registry does not start');
    }
  }

  async stop(): Promise<void> {
    this.#forget();
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await ended;
  }

  async #send(method: string, url: string, body?: Uint8Array, type = 'application/octet-stream'): Promise<Response> {
    const init = { method, headers: { 'content-type': type }, ...(body && { body: Buffer.from(body) }) };
    const answer = await fetch(new URL(url, `http://${this.host}`), init);
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** Blobs and the manifest, by its digest; `tag` names it as well. */
  async push(repository: string, manifest: TestManifest, tag: string = manifest.digest): Promise<void> {
    for (const [digest, bytes] of manifest.blobs) {
      const started = await this.#send('POST', `/v2/${repository}/blobs/uploads/`);
      const target = new URL(started.headers.get('location') ?? '', `http://${this.host}`);
      target.searchParams.set('digest', digest);
      await this.#send('PUT', target.href, bytes);
    }
    await this.pushManifest(repository, tag, manifest.mediaType, manifest.bytes);
  }

  async pushManifest(repository: string, tag: string, type: string, bytes: Uint8Array): Promise<void> {
    await this.#send('PUT', `/v2/${repository}/manifests/${tag}`, bytes, type);
  }

  /** Where a blob lies on the disk. */
  blobFile(digest: string): string {
    const hex = digest.replace('sha256:', '');
    return join(this.dir, 'data/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  }
}
