/** The programs of Kubernetes 1.20.2, which the laboratory builds, and how the referees start them on loopback. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../../src/base/files/package-root.ts';
import { sh } from '../tools.ts';
import type { Daemons } from './daemons.ts';
import { freePort } from './free-port.ts';

/** Their folder; undefined if the laboratory has not built them (test/lab/kubernetes.sh). */
export async function kubernetesPrograms(): Promise<string | undefined> {
  const { stdout } = await sh(packagePath('test/lab/kubernetes.sh'), ['--path'], { check: true });
  const folder = stdout.trim();
  return existsSync(join(folder, 'kube-apiserver')) ? folder : undefined;
}

/** An etcd of one member without TLS. @returns its URL, when it answers. */
export async function startEtcd(daemons: Daemons, data: string): Promise<string> {
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  daemons.start('etcd', 'etcd', [
    `--data-dir=${data}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]);
  await daemons.answering(`${client}/health`, (status) => status === 200);
  return client;
}

export interface ApiServer {
  /** Of its log. */
  readonly name: string;
  readonly programs: string;
  /** URL of etcd. */
  readonly etcd: string;
  readonly port: number;
  /** Key that signs service accounts' tokens. */
  readonly serviceAccountKey: string;
  /** Folder for certificates that it makes itself. */
  readonly certificates: string;
  readonly more: readonly string[];
}

/** An API server on loopback; it is not waited for. */
export function startApiServer(daemons: Daemons, server: ApiServer): void {
  daemons.start(server.name, join(server.programs, 'kube-apiserver'), [
    `--etcd-servers=${server.etcd}`,
    `--secure-port=${server.port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${server.certificates}`,
    `--service-account-key-file=${server.serviceAccountKey}`,
    `--service-account-signing-key-file=${server.serviceAccountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.96.0.0/16',
    ...server.more,
  ]);
}

/** Arguments that every controller-manager and scheduler here has. */
export async function controllerArguments(kubeconfig: string, certificates: string): Promise<string[]> {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--port=0',
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
    `--cert-dir=${certificates}`,
  ];
}
