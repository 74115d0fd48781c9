/** The two programs that the lab runs beside its machines: the load balancer of an external endpoint, and the asker of DNS. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { balancerScript } from './endpoint.ts';
import { askingScript } from './resolver.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function run(script: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['-e', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => child.kill('SIGKILL'));
  return child;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

async function greeter(word: string): Promise<number> {
  const server = createServer((socket) => socket.end(word));
  ends.push(() => server.close());
  return listening(server);
}

/** A closed port. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The data from a port; undefined if there is none. */
function hear(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (part) => {
      text += String(part);
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(text === '' ? undefined : text));
  });
}

it('balances over the given servers', async () => {
  const [port, gone] = [await freePort(), await freePort()];
  const servers = [await greeter('one'), gone, await greeter('two')].map((each) => `127.0.0.1:${each}`);
  run(balancerScript, '127.0.0.1', String(port), ...servers);
  await expect.poll(() => hear(port), { timeout: 20_000 }).toBeDefined();
  const heard: (string | undefined)[] = [];
  for (let count = 0; count < 6; count += 1) heard.push(await hear(port));
  expect(new Set(heard)).toEqual(new Set(['one', 'two']));
});

it('asks once a second, and distinguishes an answer from none', async () => {
  let silent = false;
  const server = createSocket('udp4').on('message', (query, from) => {
    if (silent) return;
    // The query itself, as an answer with one address: 10.0.0.1.
    const head = Buffer.from(query);
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 6);
    head.writeUInt16BE(0, 10);
    const end = query.indexOf(0, 12) + 5;
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 0, 0, 1]);
    server.send(Buffer.concat([head.subarray(0, end), answer]), from.port, from.address);
  });
  ends.push(() => server.close());
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  const child = run(askingScript, `127.0.0.1:${server.address().port}`, 'kubernetes.default.svc.cluster.local');
  let said = '';
  child.stdout?.on('data', (part) => {
    said += String(part);
  });
  await expect.poll(() => said, { timeout: 20_000 }).toContain('10.0.0.1\n');
  silent = true;
  await expect.poll(() => said, { timeout: 20_000 }).toMatch(/no\n/);
});
