/**
 * What `systemd-analyze security` of systemd 252 gives each unit that goes on running or runs again: 10 is everything, 0 nothing.
 * They may get better; docs/security.md has the same figures. `before` is what the unit had without a sandbox.
 */
export interface Exposure {
  readonly before: number;
  readonly now: number;
  /** Why it is not less. */
  readonly needs: string;
}

const control = 'root: the data disks of running clusters are root’s';
const runtime = 'what it is denied, every container would be denied: all of it is inherited';

export const exposures: Readonly<Record<string, Exposure>> = {
  etcd: { before: 9.6, now: 3.9, needs: control },
  'kube-apiserver': { before: 9.6, now: 4.1, needs: control },
  'kube-controller-manager': { before: 9.6, now: 4.1, needs: control },
  'kube-scheduler': { before: 9.6, now: 4.1, needs: control },
  'knode-approve-csrs': { before: 9.6, now: 4.1, needs: 'root: keys that only root reads' },
  'knode-nodes': { before: 9.6, now: 4.1, needs: 'root: keys that only root reads' },
  'knode-apiserver-refresh': { before: 9.6, now: 4.1, needs: 'root: it restarts the API server' },
  'kube-proxy': { before: 9.2, now: 6.2, needs: 'rules, modules and settings of the network' },
  'knode-load-balancer': { before: 9.1, now: 6.1, needs: 'it gives its workers another user' },
  'knode-balance': { before: 9.2, now: 6.2, needs: 'it writes below /etc/knode and reloads the balancer' },
  'knode-passport': { before: 9.6, now: 6.2, needs: 'kubelet’s key' },
  flanneld: { before: 9.6, now: 7.6, needs: 'links, rules, devices and programs of its back end' },
  kubelet: { before: 9.6, now: 9.3, needs: 'it mounts for pods, and runs the programs of volumes' },
  'cri-dockerd': { before: 9.6, now: 9.3, needs: 'it runs the programs of the pod network' },
  containerd: { before: 9.6, now: 9.6, needs: runtime },
  docker: { before: 9.6, now: 9.6, needs: runtime },
};
