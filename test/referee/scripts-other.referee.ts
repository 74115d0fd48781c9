import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, later, missingTools, Root, run, scriptsFolder, sh, sleep, start } from './scripts-support.ts';

const missing = missingTools('openssl', 'shellcheck', 'base64');
afterEach(cleanUp);

const scripts = readdirSync(scriptsFolder);

describe.skipIf(missing.length > 0)('all scripts', () => {
  it('are accepted by shellcheck, and still parse without their comments', () => {
    sh('shellcheck', '-x', '-P', 'SCRIPTDIR', ...scripts.map((name) => join(scriptsFolder, name)));
    for (const name of scripts) {
      const shipped = sh('sed', '-E', '2,$ { /^[[:space:]]*#/d }', join(scriptsFolder, name));
      const root = new Root();
      sh('bash', '-n', root.write(name, shipped));
      // RHEL 7 has bash 4.2: these came later.
      expect(shipped).not.toMatch(/wait -n|local -n|declare -n|\$\{[a-zA-Z_]+@[A-Z]\}|readarray -d|mapfile -d/);
    }
  });
});

describe('system', () => {
  function host(cluster: Record<string, string> = {}): Root {
    const root = new Root();
    root.env('node', { NODE_NAME: 'm1', NODE_IP: '10.0.0.1' });
    root.env('cluster', {
      KNODE_CLUSTER: 'prod',
      KNODE_ROLE: 'master',
      KNODE_SWAP: 'keep',
      KNODE_NETWORK_WAIT: '0',
      ...cluster,
    });
    const logged = (name: string, rest = '') => root.standIn(name, `echo "${name} $*" >>${root.at('calls')}\n${rest}`);
    logged('modprobe', '[[ $* != *ip_vs_none* ]]');
    logged('sysctl', `echo 'sysctl: cannot stat /proc/sys/net/none: No such file or directory' >&2; exit 1`);
    logged('swapoff');
    logged('setenforce');
    root.standIn('getenforce', 'echo Enforcing');
    logged(
      'systemctl',
      `case $* in list-units*) echo 'dev-zram0.swap loaded active active Swap' ;; *is-active*ufw | *is-enabled*ufw) exit 3 ;; esac`,
    );
    root.standIn(
      'ip',
      `case $* in *route*) ;; *) echo '2: eth0    inet 10.0.0.10/24 brd 10.0.0.255 scope global eth0' ;; esac`,
    );
    root.standIn('uname', 'if [ "$*" = -n ]; then echo localhost; else echo 6.1; fi');
    root.standIn('nproc', 'echo 1');
    root.write('calls', '');
    return root;
  }

  it('says what is wrong with the machine and goes on', async () => {
    const root = host();
    root.write('etc/modules-load.d/knode.conf', '# modules\nbr_netfilter\nip_vs_none\n');
    root.write('etc/sysctl.d/90-knode.conf', 'net.none = 1\n');
    root.standIn('date', 'case $* in +%Y) echo 1970 ;; *) exec /bin/date "$@" ;; esac');
    const { code, out } = await run('system', root);
    for (const warning of [
      /no module ip_vs_none: .*install the full kernel package/,
      /cannot stat \/proc\/sys\/net\/none/,
      /no default route/,
      /no interface has the address 10\.0\.0\.1 /,
      /host name is localhost, .* m1/,
      /needs 2 CPUs/,
      /the clock says/,
    ]) {
      expect(out).toMatch(warning);
    }
    expect(out.match(/warning: the host name/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  it.skipIf(missing.length > 0)('sees by the certificates that the clock is wrong', async () => {
    const root = host();
    mkdirSync(root.at('etc/kubernetes/pki'), { recursive: true });
    const ca = root.at('etc/kubernetes/pki/ca.crt');
    sh(
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      root.at('key'),
      '-out',
      ca,
      '-subj',
      '/CN=ca',
      '-days',
      '30',
    );
    expect((await run('system', root)).out).not.toContain('clock');
    const lastYear = Math.floor(Date.now() / 1000) - 365 * 86400;
    root.standIn('date', `case $* in +%s) echo ${lastYear} ;; *) exec /bin/date "$@" ;; esac`);
    expect((await run('system', root)).out).toMatch(/before .*ca\.crt is valid .*: the clock is behind/);
  });

  it('switches off swap, SELinux and the firewall, once', async () => {
    const root = host({
      KNODE_SWAP: 'off',
      KNODE_SELINUX: 'permissive',
      KNODE_FIREWALL: 'off',
      KNODE_DISABLE_SERVICES: 'postfix',
    });
    root.write(
      'etc/fstab',
      'UUID=1 / ext4 defaults 0 1\n# /old none swap sw 0 0\n/swap.img\tnone\tswap\tsw\t0\t0\n/dev/sdb1 /swap ext4 defaults 0 2\n',
    );
    root.write('etc/selinux/config', '# SELINUX= takes\nSELINUX=enforcing\nSELINUXTYPE=targeted\n');
    for (const round of [1, 2]) {
      expect((await run('system', root)).code, `round ${round}`).toBe(0);
      expect(root.read('etc/fstab')).toBe(
        'UUID=1 / ext4 defaults 0 1\n# /old none swap sw 0 0\n# knode: swap is off: /swap.img\tnone\tswap\tsw\t0\t0\n/dev/sdb1 /swap ext4 defaults 0 2\n',
      );
      expect(root.read('etc/selinux/config')).toBe('# SELINUX= takes\nSELINUX=permissive\nSELINUXTYPE=targeted\n');
    }
    const calls = root.read('calls');
    for (const call of [
      'swapoff -a',
      'setenforce 0',
      'mask -q swap.target',
      'mask -q dev-zram0.swap',
      'stop firewalld',
      '-q disable firewalld',
      'stop postfix',
    ]) {
      expect(calls).toContain(call);
    }
    expect(calls).not.toContain('stop ufw');
  });
});

describe('bootstrap', () => {
  function master(): Root {
    const root = new Root();
    root.env('cluster', { KNODE_CLUSTER: 'prod', KNODE_BOOTSTRAP_WAIT: '3', KNODE_NODES_WAIT: '2' });
    root.write('etc/knode/manifests/20-b.yaml', '');
    root.write('etc/knode/manifests/10-a.yaml', '');
    root.write(
      'etc/knode/nodes.list',
      '# nodes\nm1 label=role=master label=empty= taint=dedicated=:NoSchedule\nw9 label=a=b\n',
    );
    root.write('calls', '');
    return root;
  }
  const kubectl = (root: Root, special = '') =>
    root.standIn(
      'kubectl',
      `echo "$*" >>${root.at('calls')}\ncase $* in\n${special}\n*'get nodes'*) echo node/m1 ;;\nesac`,
    );

  it('waits for the API server, applies in name order, marks the nodes that are there, and leaves the others to the timer', async () => {
    const root = master();
    kubectl(
      root,
      `*readyz*) if [ ! -e ${root.at('up')} ]; then touch ${root.at('up')}; echo 'connection refused' >&2; exit 1; fi ;;\n*20-b*) if [ ! -e ${root.at('crd')} ]; then touch ${root.at('crd')}; echo 'no matches for kind' >&2; exit 1; fi ;;`,
    );
    const { code, out } = await run('bootstrap', root);
    expect(out).toMatch(/waiting for the API server to be ready: connection refused/);
    expect(out).toMatch(/not registered yet.*: w9 /);
    expect(code).toBe(0);
    const calls = root.read('calls').split('\n');
    const applied = calls.filter((call) => call.startsWith('apply')).map((call) => call.slice(-9));
    expect(applied).toEqual(['10-a.yaml', '20-b.yaml', '20-b.yaml']);
    expect(calls).toContain('label --overwrite node m1 role=master empty=');
    expect(calls).toContain('taint --overwrite node m1 dedicated=:NoSchedule');
    expect(calls.filter((call) => call.startsWith('label'))).toHaveLength(1);
  });

  it('names the manifest that cannot be applied; the timer leaves manifests alone', async () => {
    const root = master();
    kubectl(root, `*10-a*) echo 'error validating data' >&2; exit 1 ;;`);
    const { code, out } = await run('bootstrap', root);
    expect(out).toMatch(/1 manifests .* cannot be applied, the last is 10-a.yaml: error validating data/);
    expect(code).toBe(1);
    root.write('calls', '');
    expect(await run('bootstrap', root, { args: ['nodes'] })).toExit(0);
    expect(root.read('calls')).not.toContain('apply');
  });
});

describe.skipIf(missing.length > 0)('approve-csrs', () => {
  interface Csr {
    user?: string;
    signer?: string;
    groups?: string;
    usages?: string;
    subject?: string;
    san?: string;
  }

  /** kubectl shows one CSR, as its template would print it. */
  async function decide(csr: Csr, root = new Root()): Promise<{ out: string; approved: boolean }> {
    const {
      user = 'system:node:m1',
      signer = 'kubernetes.io/kubelet-serving',
      groups = '"system:nodes" "system:authenticated" ',
    } = csr;
    const {
      usages = 'digital signature,server auth,',
      subject = '/O=system:nodes/CN=system:node:m1',
      san = 'DNS:m1,IP:10.0.0.1,IP:fd00::1',
    } = csr;
    const extension = san ? ['-addext', `subjectAltName=${san}`] : [];
    sh(
      'openssl',
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      root.write('key', ''),
      '-out',
      root.write('csr', ''),
      '-subj',
      subject,
      ...extension,
    );
    const request = Buffer.from(root.read('csr')).toString('base64');
    root.write('line', `csr-1|${JSON.stringify(user)}|${signer}|${groups}|${usages}|${request}\n`);
    root.standIn(
      'kubectl',
      `case $* in\n'get csr'*) cat ${root.at('line')} ;;\n'get node m1'*) printf 'm1\\n10.0.0.1\\nfd00::1\\n' ;;\n'certificate approve csr-1') touch ${root.at('approved')} ;;\n*) echo 'not found' >&2; exit 1 ;;\nesac`,
    );
    const ran = await run('approve-csrs', root);
    expect(ran).toExit(0);
    return { out: ran.out, approved: existsSync(root.at('approved')) };
  }

  it.each<[string, Csr]>([
    ['the right one', {}],
    [
      'one from before 1.18, without a signer',
      { signer: '-', usages: 'digital signature,key encipherment,server auth,' },
    ],
    ['one for a part of the addresses', { san: 'IP:10.0.0.1' }],
  ])('approves %s', async (_, csr) => {
    const { out, approved } = await decide(csr);
    expect(out).toContain('approved csr-1');
    expect(approved).toBe(true);
  });

  it.each<[string, Csr, RegExp]>([
    ['another signer', { signer: 'kubernetes.io/legacy-unknown' }, /^$/],
    ['a client CSR without signer', { signer: '-', usages: 'digital signature,client auth,' }, /^$/],
    ['a client usage', { usages: 'digital signature,server auth,client auth,' }, /usage "client auth"/],
    ['a user that is no node', { user: 'admin' }, /is no node/],
    ['a user with a line break', { user: 'system:node:m1\nx' }, /is no node/],
    ['a user with a separator', { user: 'x"|kubernetes.io/kubelet-serving' }, /.*/],
    ['no group system:nodes', { groups: '"x\\" \\"system:nodes" ' }, /not in the group/],
    ["another node's subject", { subject: '/O=system:nodes/CN=system:node:m2' }, /not node m1's/],
    ['another organisation', { subject: '/O=system:masters/CN=system:node:m1' }, /not node m1's/],
    ['two organisations', { subject: '/O=system:masters/O=system:nodes/CN=system:node:m1' }, /not node m1's/],
    ['a wrong address', { san: 'DNS:m1,IP:10.0.0.2' }, /name IP Address:10\.0\.0\.2/],
    ['a wrong name', { san: 'DNS:kubernetes.default,IP:10.0.0.1' }, /name DNS:kubernetes\.default/],
    ['a wildcard', { san: 'DNS:*' }, /name DNS:\*/],
    ['an e-mail address', { san: 'DNS:m1,email:a@b.c' }, /name email:a@b\.c/],
    ['a URI', { san: 'URI:m1' }, /name URI:m1/],
    ['no name at all', { san: '' }, /asks for no name/],
    [
      'a node that does not exist',
      { user: 'system:node:m7', subject: '/O=system:nodes/CN=system:node:m7' },
      /node m7 cannot be read/,
    ],
  ])('leaves %s pending, and says so once', async (_, csr, why) => {
    const root = new Root();
    const { out, approved } = await decide(csr, root);
    expect(out).toMatch(why);
    expect(approved).toBe(false);
    expect((await run('approve-csrs', root)).out).toBe('');
  });
});

describe.skipIf(missing.length > 0)('apiserver-refresh', () => {
  /** A TLS server with two certificates, chosen by server name, as kube-apiserver has. */
  async function apiServer(root: Root, days: string, sni = 'apiserver-loopback-client'): Promise<string> {
    const pair = (name: string, cn: string, valid: string) => {
      sh(
        'openssl',
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        root.at(`${name}.key`),
        '-out',
        root.at(`${name}.crt`),
        '-subj',
        `/CN=${cn}`,
        '-days',
        valid,
      );
      return { cert: root.read(`${name}.crt`), key: root.read(`${name}.key`) };
    };
    const { createServer: createTls, createSecureContext } = await import('node:tls');
    const server: Server = createTls(pair('server', 'kube-apiserver', '1'), (socket) => socket.end());
    (server as ReturnType<typeof createTls>).addContext(
      sni,
      createSecureContext(pair('loopback', 'apiserver-loopback-client@1', days)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    later(() => void server.close());
    const address = server.address();
    return String(typeof address === 'object' ? address?.port : 0);
  }

  it.each<[string, string, boolean, string | undefined, RegExp, boolean]>([
    ['restarts in time', '20', true, undefined, /ends within 30 days: restarting/, true],
    ['leaves a good one alone', '300', true, undefined, /good until/, false],
    ['does not restart what is not ready', '20', false, undefined, /is not ready/, false],
    [
      'does not judge by another certificate',
      '20',
      true,
      'other',
      /no certificate for apiserver-loopback-client/,
      false,
    ],
  ])('%s', async (_, days, ready, sni, says, restarted) => {
    const root = new Root();
    const port = await apiServer(root, days, sni);
    root.env('cluster', { KNODE_API_PORT: port });
    root.standIn('kubectl', ready ? 'exit 0' : 'exit 1');
    root.standIn('systemctl', `echo "$*" >${root.at('called')}`);
    expect((await run('apiserver-refresh', root)).out).toMatch(says);
    expect(existsSync(root.at('called')) && root.read('called').trim()).toBe(
      restarted ? 'restart kube-apiserver' : false,
    );
  });
});

describe('join', () => {
  /** A kubectl that prints what is in the file `node`, as its jsonpath does; without the file it fails as for a node that is not. */
  function machine(): Root {
    const root = new Root();
    root.env('node', { NODE_NAME: 'w1', NODE_IP: '10.0.0.9' });
    root.write('etc/machine-id', 'aaaa\n');
    root.standIn('kubectl', `[[ $* = *"bootstrap-kubelet.kubeconfig get node w1"* ]] && cat ${root.at('node')}`);
    return root;
  }

  it.each([
    ['no node has the name, or nobody can be asked', undefined],
    ['the one that has it is not Ready', 'Unknown bbbb 10.0.0.8'],
    ['that one never was', ''],
    ['it is this machine', 'True aaaa 10.0.0.9'],
    ['it is this machine, of several addresses', 'True aaaa 192.0.2.1 10.0.0.9'],
  ])('goes on when %s', async (_, node) => {
    const root = machine();
    if (node !== undefined) root.write('node', node);
    expect(await run('join', root, { timeout: 20_000 })).toEqual({ code: 0, out: '' });
  });

  it.each([
    ['another', 'True bbbb 10.0.0.8', '10.0.0.8'],
    ['a copy of this', 'True aaaa 10.0.0.8', '10.0.0.8'],
    ['another, which took the address, too,', 'True bbbb 10.0.0.9', '10.0.0.9'],
  ])('waits while %s machine has the name, and says which, with the remedy', async (_, node, address) => {
    const root = machine();
    root.write('node', node);
    const running = start('join', root);
    await running.says(/knode: join: another machine, at .* kubectl delete node w1\n/);
    expect(running.out).toContain(`at ${address}, is the Ready node w1: this one waits.`);
    await sleep(1500);
    expect(running.process.exitCode).toBeNull();
    root.write('node', node.replace('True', 'Unknown'));
    expect(await running.finished).toExit(0);
  });

  it('does not ask when the kubelet has a certificate', async () => {
    const root = machine();
    root.write('node', 'True bbbb 10.0.0.8');
    root.write('var/lib/kubelet/pki/kubelet-client-current.pem', '');
    expect(await run('join', root, { timeout: 20_000 })).toEqual({ code: 0, out: '' });
  });
});

describe('ready', () => {
  it('says what a worker waits for, then writes the receipt', async () => {
    const root = new Root();
    root.env('node', { NODE_NAME: 'w1', NODE_IP: '10.0.0.9' });
    root.env('cluster', {
      KNODE_CLUSTER: 'prod',
      KNODE_ROLE: 'worker',
      KNODE_STAGES: 'knode-disk.service knode-artifacts.service knode-ready.service',
    });
    root.standIn(
      'systemctl',
      `[ "$1" = show ] || exit 1
shift 3
for unit; do
  if [ $unit = knode-artifacts.service ] && [ ! -e ${root.at('fetched')} ]; then state=activating; else state=active; fi
  printf '%sResult=success\\nActiveState=%s\\nInactiveExitTimestampMonotonic=1000000\\nActiveEnterTimestampMonotonic=2250000\\n' "$between" $state
  between=$'\\n'
done`,
    );
    root.standIn('journalctl', `printf 'knode: fetch: artifact "etcd" from C:\\\\x is corrupt\\tand more\\n'`);
    root.standIn('curl', `[ -e ${root.at('fetched')} ]`);
    root.standIn('kubectl', `[[ $* = *'get node w1'* ]] && echo True`);
    const running = start('ready', root);
    await running.says(/waiting: knode-artifacts.service is activating: knode: fetch: artifact "etcd"/);
    await running.says(/waiting: the kubelet does not answer/);
    const early = JSON.parse(root.read('run/knode/receipt.json'));
    expect(early.ready).toBe(false);
    expect(early.waitingFor[0]).toBe(
      'knode-artifacts.service is activating: knode: fetch: artifact "etcd" from C:\\x is corrupt and more',
    );
    root.write('fetched', '');
    expect(await running.finished).toExit(0);
    expect(running.out).toMatch(/knode: node w1 \(worker of prod\) ready after \d+ s: disk 1\.2, artifacts 1\.2\n$/);
    const receipt = JSON.parse(root.read('run/knode/receipt.json'));
    expect(receipt).toMatchObject({
      apiVersion: 'knode.dev/v1',
      kind: 'Receipt',
      node: 'w1',
      role: 'worker',
      cluster: 'prod',
      ready: true,
      waitingFor: [],
      stages: [
        { unit: 'knode-disk.service', state: 'active', seconds: 1.2 },
        { unit: 'knode-artifacts.service', state: 'active', seconds: 1.2 },
      ],
    });
    expect(receipt.uptimeSeconds).toBeGreaterThan(0);
  });

  it('waits until a balancer listens', async () => {
    const root = new Root();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = String(typeof address === 'object' ? address?.port : 0);
    await new Promise((resolve) => server.close(resolve));
    root.env('node', { NODE_NAME: 'lb1', NODE_IP: '10.0.0.8' });
    root.env('cluster', { KNODE_CLUSTER: 'prod', KNODE_ROLE: 'balancer', KNODE_BALANCER_PORT: port });
    const running = start('ready', root);
    await running.says(/nothing listens on port/);
    await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
    later(() => void server.close());
    expect(await running.finished).toExit(0);
  });
});
