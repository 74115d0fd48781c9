/**
 * Scenario 11: the checks of the CIS Kubernetes Benchmark 1.6 that concern flags and files alone, on the running
 * programs. Each failing check must be in `accepted`, with its reason. Later benchmarks are compared with plans
 * (test/component/cis.test.ts). Also checks what etcd can see of the rest of the machine.
 */
import { parse } from 'yaml';
import { accepted } from '../../support/cis/accepted.ts';
import type { Flags, NodeView, Program } from '../../support/cis/check.ts';
import { checks } from '../../support/cis/checks.ts';
import type { LabCluster } from '../cluster.ts';
import type { Machine } from '../node.ts';
import { say } from '../say.ts';
import { equal } from '../wait.ts';
import type { Scenario } from './scenario.ts';

async function flagsOf(machine: Machine, program: string): Promise<Flags> {
  const line = await machine.text(`tr '\\0' '\\n' </proc/$(pidof -s ${program})/cmdline`);
  return new Map(line.split('\n').flatMap((word) => (word.startsWith('--') ? [split(word)] : [])));
}

function split(word: string): [string, string] {
  const at = word.indexOf('=');
  return at < 0 ? [word.slice(2), 'true'] : [word.slice(2, at), word.slice(at + 1)];
}

interface FoundFile {
  readonly mode: number;
  readonly owner: string;
  readonly path: string;
}

async function filesOf(machine: Machine): Promise<readonly FoundFile[]> {
  const folders = '/etc/kubernetes /etc/etcd /etc/systemd/system /etc/knode /var/lib/kubelet/kubeconfig /data/etcd';
  const found = await machine.text(`find ${folders} -maxdepth 2 ! -type l -printf '%m %u:%g %p\\n'`);
  return found.split('\n').map((line) => {
    const [mode = '', owner = '', path = ''] = line.split(' ');
    return { mode: Number.parseInt(mode, 8), owner, path };
  });
}

async function running(machine: Machine, files: readonly FoundFile[]): Promise<NodeView> {
  const programs: readonly Program[] = [
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'etcd',
    'kubelet',
  ];
  const flags = new Map<string, Flags>();
  for (const program of programs) flags.set(program, await flagsOf(machine, program));
  return {
    flags: (program) => flags.get(program) ?? new Map(),
    kubelet: parse(await machine.text('cat /etc/kubernetes/kubelet.yaml')),
    scheduler: await machine.text('cat /etc/kubernetes/kube-scheduler.yaml 2>/dev/null || true'),
    encryption: await machine.text("sed 's/secret: .*/secret: x/' /etc/kubernetes/encryption.yaml"),
    modes: (path) => files.filter((file) => path.test(file.path)).map(({ mode }) => mode),
  };
}

/** Checks that need a booted machine. */
function bootedFiles(files: readonly FoundFile[]): readonly string[] {
  const modeOf = (path: string) => files.find((file) => file.path === path)?.mode ?? 0o777;
  return [
    ...(modeOf('/data/etcd') === 0o700 ? [] : ['1.1.11 mode of etcd’s data']),
    ...(modeOf('/var/lib/kubelet/kubeconfig') === 0o600 ? [] : ['4.1.5 mode of kubelet’s kubeconfig']),
    ...files.filter(({ owner }) => owner !== 'root:root').map(({ path, owner }) => `${path} belongs to ${owner}`),
  ];
}

/** etcd with its own mounts and capabilities finds the keys of Kubernetes neither in their place nor by way of the API server. */
async function etcdSeesNoKeys(machine: Machine): Promise<void> {
  const inside = 'nsenter -m -t $(pidof -s etcd)';
  equal(await machine.text(`${inside} ls -A /etc/kubernetes`), '', 'what etcd sees of /etc/kubernetes');
  const bounding = await machine.text("sed -n 's/^CapBnd:.//p' /proc/$(pidof -s etcd)/status");
  equal(bounding.replace(/^0+/, ''), '40a', 'capabilities of etcd: DAC_OVERRIDE, FOWNER, NET_BIND_SERVICE');
  const few = 'setpriv --bounding-set=-all,+dac_override,+fowner,+net_bind_service';
  const key = '/proc/$(pidof -s kube-apiserver)/root/etc/kubernetes/pki/ca.key';
  const tried = await machine.text(`${inside} ${few} head -c 5 ${key} 2>&1 || true`);
  equal(/Permission denied/.test(tried), true, `etcd reads the API server's files: ${tried}`);
}

export const cis: Scenario = {
  number: 11,
  name: 'cis',
  title: 'CIS Benchmark 1.6, flags and files: what fails is meant, and why; what etcd sees',
  needs: 'cluster',
  looks: true,
  ci: true,
  async run(lab: LabCluster) {
    const { master } = lab;
    const files = await filesOf(master);
    const node = await running(master, files);
    const mine = checks.filter(({ ids }) => ids['1.6'] !== undefined);
    const failed = mine.filter(({ holds }) => !holds(node));
    for (const { ids, what } of failed) say(`CIS ${ids['1.6']} ${what}: ${accepted[what] ?? 'NOT MEANT'}`);
    say(`${mine.length - failed.length} of ${mine.length} checks hold`);
    const unexplained = failed.filter(({ what }) => accepted[what] === undefined).map(({ what }) => what);
    equal([...unexplained, ...bootedFiles(files)], [], 'checks that fail without a reason');
    await etcdSeesNoKeys(master);
  },
};
