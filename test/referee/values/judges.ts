/**
 * Programs that are started with one configuration, in namespaces of their own, until they say whether they take it. Nothing of them
 * stays: folders are in memory, the network is empty, and the process namespace ends with its first process.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onExit, tempDir, which } from '../tools.ts';

/** A program's output before it was ended, and whether it accepts its configuration. */
export interface Verdict {
  readonly takes: boolean;
  readonly said: string;
}

const timeLimitMs = 60_000;

/**
 * Runs a command until it ends, or prints `done`.
 * @param takes whether the output means that it accepts its configuration.
 * @param settleMs how long it may still end by itself after that.
 */
function judge(command: string, done: RegExp, takes: RegExp, settleMs = 0): Promise<Verdict> {
  const script = `mount -t tmpfs none /var/lib && mount -t tmpfs none /var/log && mount -t tmpfs none /run && ip link set lo up; exec ${command}`;
  const args = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script];
  return new Promise((resolve) => {
    const child = spawn(which('unshare') ?? '', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const end = () => child.kill('SIGKILL');
    const timer = setTimeout(end, timeLimitMs);
    const forget = onExit(end);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (done.test(said)) setTimeout(end, settleMs).unref();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', () => {
      clearTimeout(timer);
      forget();
      resolve({ takes: takes.test(said) && !/"level":"fatal"/.test(said), said: said.slice(-3000) });
    });
  });
}

/** The laboratory's build of Kubernetes 1.20.2; undefined if there is none. */
export function kubernetesFolder(): string | undefined {
  const script = fileURLToPath(new URL('../../lab/kubernetes.sh', import.meta.url));
  const folder = execFileSync(script, ['--path'], { encoding: 'utf8' }).trim();
  return existsSync(join(folder, 'kubelet')) ? folder : undefined;
}

type Plain = Readonly<Record<string, unknown>>;

function written(name: string, config: Plain): string {
  const file = join(tempDir('values'), name);
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** kubelet checks its configuration, its reservations, evictions, managers and logs; then it asks for its runtime, which is not there. */
export function kubeletTakes(folder: string, config: Plain): Promise<Verdict> {
  const file = written('kubelet.yaml', config);
  const flags =
    '--container-runtime=remote --container-runtime-endpoint=unix:///run/none.sock --root-dir=/var/lib/kubelet';
  const waiting = /Get runtime version failed/;
  return judge(`${folder}/kubelet --config=${file} ${flags} --cert-dir=/var/lib/kubelet/pki`, waiting, waiting);
}

/** kube-proxy checks its configuration first; then it has no API server to talk to. */
export function kubeProxyTakes(folder: string, config: Plain): Promise<Verdict> {
  const file = written('kube-proxy.yaml', config);
  const waiting =
    /no such file or directory|unable to load in-cluster configuration|invalid configuration: no configuration/;
  return judge(`${folder}/kube-proxy --config=${file}`, waiting, waiting);
}

export function etcdTakes(flags: readonly string[]): Promise<Verdict> {
  const own = ['--data-dir=/var/lib/etcd', '--logger=zap', ...flags].map((flag) => `'${flag}'`).join(' ');
  const started = /starting etcd server/;
  // It looks after its folders when it has said so.
  return judge(`etcd ${own}`, started, started, 1500);
}

export function dockerdTakes(config: Plain): Promise<Verdict> {
  const file = written('daemon.json', {
    hosts: ['unix:///run/docker.sock'],
    bridge: 'none',
    iptables: false,
    ...config,
  });
  const serving = /API listen on/;
  return judge(`dockerd --config-file=${file} --data-root=/var/lib/docker --exec-root=/run/docker`, serving, serving);
}

/** containerd starts in any case: it matters whether its CRI plugin loads. */
export function containerdTakes(toml: string): Promise<Verdict> {
  const file = join(tempDir('values'), 'config.toml');
  writeFileSync(file, toml);
  const booted = /containerd successfully booted/;
  const judged = judge(`containerd --config=${file}`, booted, booted);
  return judged.then(({ takes, said }) => ({
    takes: takes && !/failed to load plugin io\.containerd\.grpc\.v1\.cri|invalid plugin config/.test(said),
    said,
  }));
}
