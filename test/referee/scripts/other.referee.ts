import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, later, missingTools, Root, run, scriptsFolder, sh, sleep, start } from './support.ts';

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

  it('reports problems of the machine and continues', async () => {
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

  it.each([
    ['1', true, true],
    ['1', false, false],
    ['2', true, false],
    ['2', false, true],
  ])('warns when kubelet needs cgroup v%s only, and the machine has v2: %s', async (needed, unified, warned) => {
    const root = host({ KNODE_CGROUP: needed });
    if (unified) root.write('sys/fs/cgroup/cgroup.controllers', 'cpu');
    const { out } = await run('system', root);
    expect(out.includes(`the kubelet of this cluster starts on v${needed} only`)).toBe(warned);
  });

  it.each([
    ['5.10.0-28-cloud-amd64', true],
    ['4.18.0-553.el8_10.x86_64', true],
    ['5.13.0-1-amd64', false],
    ['6.12.57+deb13-amd64', false],
  ])('warns of a kernel on which kube-proxy has no nftables: %s', async (kernel, warned) => {
    const root = host();
    root.standIn('uname', `if [ "$*" = -n ]; then echo localhost; else echo ${kernel}; fi`);
    const { out } = await run('system', root);
    expect(out.includes(`warning: kube-proxy needs kernel 5.13, not ${kernel}\n`)).toBe(warned);
  });

  it.each([
    ['glibc 2.28', true],
    ['glibc 2.34', false],
    ['glibc 2.41', false],
    // Another library.
    ['', true],
  ])('warns of a glibc on which containerd does not start: %s', async (glibc, warned) => {
    const root = host();
    root.standIn('getconf', `[ "$*" = GNU_LIBC_VERSION ] && echo '${glibc}'`);
    const { code, out } = await run('system', root);
    expect(out.includes(`warning: containerd needs glibc 2.34\n`)).toBe(warned);
    expect(code).toBe(0);
  });

  it.each([
    ['none is there', 'yes', 'exit 1', true],
    ['one is enabled', 'yes', `[[ $* = *is-enabled*systemd-timesyncd ]]`, false],
    ['the clock is kept otherwise', 'no', 'exit 1', false],
  ])('warns of a missing time service: %s', async (_, ntp, systemctl, warned) => {
    const root = host({ KNODE_NTP: ntp });
    root.standIn('systemctl', systemctl);
    expect((await run('system', root)).out.includes('no time service runs here')).toBe(warned);
  });

  it.skipIf(missing.length > 0)('detects a wrong clock by the certificates', async () => {
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
    root.env('cluster', { KNODE_CLUSTER: 'prod', KNODE_BOOTSTRAP_WAIT: '3' });
    root.write('etc/knode/manifests/20-b.yaml', '');
    root.write('etc/knode/manifests/10-a.yaml', '');
    root.write('calls', '');
    return root;
  }
  const kubectl = (root: Root, special = '') =>
    root.standIn('kubectl', `echo "$*" >>${root.at('calls')}\ncase $* in\n${special}\nesac`);

  it('waits for the API server and applies in name order', async () => {
    const root = master();
    kubectl(
      root,
      `*readyz*) if [ ! -e ${root.at('up')} ]; then touch ${root.at('up')}; echo 'connection refused' >&2; exit 1; fi ;;\n'apply '*20-b*) if [ ! -e ${root.at('crd')} ]; then touch ${root.at('crd')}; echo 'no matches for kind' >&2; exit 1; fi ;;`,
    );
    const { code, out } = await run('bootstrap', root);
    expect(out).toMatch(/waiting for the API server to be ready: connection refused/);
    expect(code).toBe(0);
    const calls = root.read('calls').split('\n');
    const applied = calls.filter((call) => call.startsWith('apply')).map((call) => call.slice(-9));
    expect(applied).toEqual(['10-a.yaml', '20-b.yaml', '20-b.yaml']);
  });

  it('names the manifest that cannot be applied', async () => {
    const root = master();
    kubectl(root, `*10-a*) echo 'error validating data' >&2; exit 1 ;;`);
    const { code, out } = await run('bootstrap', root);
    expect(out).toMatch(/1 manifests .* cannot be applied, the last is 10-a.yaml: error validating data/);
    expect(code).toBe(1);
  });
});

/** Answers that a real API server does not send today; the rest is in trust.referee.ts. */
describe.skipIf(missing.length > 0)('approve-csrs', () => {
  function master(lines: readonly (readonly string[])[]): Root {
    const root = new Root();
    root.env('cluster', { KNODE_CLUSTER: 'prod' });
    const ec = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:named_curve'];
    sh('openssl', 'genpkey', ...ec, '-out', root.write('key', ''));
    sh('openssl', 'pkey', '-in', root.at('key'), '-pubout', '-out', root.write('etc/kubernetes/pki/passport.pub', ''));
    root.write('etc/knode/reserved.list', 'name m1\nnetwork 10.96.0.0/12\n');
    const claims =
      'knode-passport 1\ncluster prod\nnode w1\naddress 10.0.0.21\nrole worker\ngeneration 1\nnot-after 2099-01-01T00:00:00Z\n';
    sh('openssl', 'dgst', '-sha256', '-sign', root.at('key'), '-out', root.at('signature'), root.write('text', claims));
    const signature = readFileSync(root.at('signature')).toString('base64');
    const passport = Buffer.from(`${claims}signature ${signature}\n`).toString('base64');
    const separator = '\u001f';
    root.write('nodes', `${['w1', 'uid', `"${passport}"`, '', '"True"', '"10.0.0.21" '].join(separator)}\n`);
    root.write('csrs', lines.map((line) => `${line.join(separator)}\n`).join(''));
    root.standIn(
      'kubectl',
      `echo "$*" >>${root.at('calls')}\ncase $* in 'get csr'*) cat ${root.at('csrs')} ;; 'get nodes'*) cat ${root.at('nodes')} ;; esac`,
    );
    return root;
  }

  function request(root: Root): string {
    // A file, because OpenSSL 1.0.2 has no -addext.
    const names = 'subjectAltName=DNS:w1,IP:10.0.0.21';
    const text = `[req]\nprompt=no\ndistinguished_name=dn\nreq_extensions=ext\n[dn]\nO=system:nodes\nCN=system:node:w1\n[ext]\n${names}\n`;
    const config = ['-sha256', '-config', root.write('request.cnf', text)];
    return Buffer.from(sh('openssl', 'req', '-new', '-key', root.at('key'), ...config)).toString('base64');
  }

  const nodes = '"system:nodes" "system:authenticated" ';
  const server = '"digital signature","key encipherment","server auth",';

  it('approves a request from before 1.18, without a signer, and all valid ones at once', async () => {
    const root = master([]);
    const csr = request(root);
    const line = (name: string, signer: string) =>
      [name, '"system:node:w1"', signer, nodes, server, csr].join('\u001f');
    root.write('csrs', `${line('old', '')}\n${line('new', '"kubernetes.io/kubelet-serving"')}\n`);
    const { out } = await run('approve-csrs', root);
    expect(out).toContain('approved old new');
    expect(root.read('calls').match(/^certificate approve/gm)).toHaveLength(1);
  });

  it.each([
    ['"system:node:w1\\nx"'],
    ['"x\\x1fsystem:node:w1"'],
    ['"system:node:w1[$(touch /tmp/knode-trust)]"'],
    ['"a[$(touch /tmp/knode-trust)]"'],
    ['%!q(<nil>)'],
  ])('leaves the request of %s pending, says so once, and runs nothing', async (user) => {
    const root = master([]);
    const csr = request(root);
    root.write('csrs', `${['one', user, '"kubernetes.io/kubelet-serving"', nodes, server, csr].join('\u001f')}\n`);
    expect((await run('approve-csrs', root)).out).toContain('its requester is no node');
    expect((await run('approve-csrs', root)).out).toBe('');
    expect(root.read('calls')).not.toContain('certificate approve');
    expect(existsSync('/tmp/knode-trust')).toBe(false);
  });

  it('ignores requests for other signers, and nodes that renew their own', async () => {
    const client = '"digital signature","client auth",';
    const root = master([
      ['a', '"admin"', '"kubernetes.io/kube-apiserver-client"', nodes, client, ''],
      ['b', '"system:node:w1"', '"kubernetes.io/kube-apiserver-client-kubelet"', nodes, client, ''],
    ]);
    expect((await run('approve-csrs', root)).out).toBe('');
    expect(root.read('calls')).not.toContain('get nodes');
  });

  it('does not let one requester block the others', async () => {
    const root = master([]);
    const csr = request(root);
    const of = (name: string, user: string) =>
      [name, user, '"kubernetes.io/kubelet-serving"', nodes, server, csr].join('\u001f');
    const flood = Array.from({ length: 60 }, (_, index) => of(`a-${index}`, '"system:node:w2"'));
    root.write('csrs', `${[...flood, of('z', '"system:node:w1"')].join('\n')}\n`);
    const { out } = await run('approve-csrs', root);
    expect(out.match(/left a-/g)).toHaveLength(20);
    expect(out).toContain('approved z');
  });
});

describe('passport', () => {
  const text = (generation: number, end: string, node = 'w1', more = '') =>
    `knode-passport 1\ncluster prod\nnode ${node}\naddress 10.0.0.21\nrole worker\n${more}generation ${generation}\nnot-after ${end}\nsignature AAAA\n`;
  const own = text(2, '2027-01-01T00:00:00Z');

  async function shown(there: string): Promise<string> {
    const root = new Root();
    root.env('node', { NODE_NAME: 'w1', NODE_IP: '10.0.0.21' });
    root.write('etc/knode/passport', own);
    root.write('var/lib/kubelet/pki/kubelet-client-current.pem', '');
    root.write('there', there);
    root.standIn(
      'kubectl',
      `case $* in *'get node w1'*) cat ${root.at('there')} ;; *annotate*) echo "\${!#}" >${root.at('put')} ;; esac`,
    );
    expect(await run('passport', root)).toExit(0);
    return existsSync(root.at('put')) ? root.read('put').trim() : 'left';
  }
  const base64 = (value: string) => Buffer.from(value).toString('base64');
  const put = `knode.dev/passport=${base64(own)}`;

  it.each<[string, string, string]>([
    ['nothing', '', put],
    ['no base64', '\u0001$(id)', put],
    ['its own', base64(own), 'left'],
    ['a renewed one', base64(text(2, '2028-01-01T00:00:00Z')), 'left'],
    ['one of a later generation', base64(text(3, '2026-12-01T00:00:00Z', 'w1', 'label a=b\n')), 'left'],
    ['an older one', base64(text(2, '2026-01-01T00:00:00Z')), put],
    ['one of an earlier generation', base64(text(1, '2029-01-01T00:00:00Z')), put],
    ['one with other claims', base64(text(2, '2028-01-01T00:00:00Z', 'w1', 'label a=b\n')), put],
    ['another node’s', base64(text(9, '2029-01-01T00:00:00Z', 'w2')), put],
  ])('finds %s on its Node', async (_, there, done) => {
    expect(await shown(there)).toBe(done);
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
        // OpenSSL 1.0.2 would write the curve's parameters, which TLS does not take.
        '-pkeyopt',
        'ec_param_enc:named_curve',
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
  /**
   * A kubectl that prints the content of the file `node`, in its jsonpath format; without the file it fails as for a
   * missing node.
   */
  function machine(): Root {
    const root = new Root();
    root.env('node', { NODE_NAME: 'w1', NODE_IP: '10.0.0.9' });
    root.write('etc/machine-id', 'aaaa\n');
    root.write('etc/kubernetes/bootstrap-kubelet.kubeconfig', '');
    root.standIn('kubectl', `[[ $* = *"bootstrap-kubelet.kubeconfig get node w1"* ]] && cat ${root.at('node')}`);
    return root;
  }

  it.each([
    ['no node has the name, or nobody can be asked', undefined],
    ['the one that has it is not Ready', 'Unknown bbbb 10.0.0.8'],
    ['that one never was', ''],
    ['it is this machine', 'True aaaa 10.0.0.9'],
    ['it is this machine, of several addresses', 'True aaaa 192.0.2.1 10.0.0.9'],
  ])('continues when %s', async (_, node) => {
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

  it('asks at every start, as the node itself: an old machine that is switched on again waits for its successor', async () => {
    const root = machine();
    root.write('var/lib/kubelet/kubeconfig', '');
    root.write('node', 'True bbbb 10.0.0.9');
    const node = root.at('node');
    root.standIn('kubectl', `[[ $* = *"/var/lib/kubelet/kubeconfig get node w1"* ]] && cat ${node}`);
    const running = start('join', root);
    await running.says(/another machine, at 10\.0\.0\.9, is the Ready node w1/);
    root.write('node', 'Unknown bbbb 10.0.0.9');
    expect(await running.finished).toExit(0);
  });

  it('asks with the joining credential if its own certificate has expired', async () => {
    const root = machine();
    root.write('var/lib/kubelet/kubeconfig', '');
    root.write('node', 'True bbbb 10.0.0.8');
    const running = start('join', root);
    await running.says(/another machine, at 10\.0\.0\.8, is the Ready node w1/);
    root.write('node', 'True aaaa 10.0.0.9');
    expect(await running.finished).toExit(0);
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

  it.each([
    [
      'an old kubelet with its stack',
      'kubelet',
      'F1127 10:00:00 server.go:269] failed to run Kubelet: misconfiguration\ngoroutine 1 [running]:\nmain.main()',
      /F1127 .*failed to run Kubelet: misconfiguration/,
    ],
    [
      'a new kubelet',
      'kubelet',
      'knode: join: no machine has the name\nE1127 10:00:00 run.go:72] "command failed" err="cgroup v1"',
      /"command failed" err="cgroup v1"/,
    ],
    ['etcd', 'etcd', '{"level":"fatal","msg":"bind: address in use"}\n{"level":"info"}', /"level":"fatal"/],
    ['a program without a pattern', 'flanneld', 'E1127 main.go] cannot reach etcd\n', /cannot reach etcd/],
  ])('shows the last message of a program that failed, not systemd’s: %s', async (_, unit, words, told) => {
    const root = new Root();
    root.env('node', { NODE_NAME: 'w1', NODE_IP: '10.0.0.9' });
    root.env('cluster', { KNODE_CLUSTER: 'prod', KNODE_ROLE: 'worker', KNODE_STAGES: `${unit}.service` });
    root.standIn('systemctl', `printf 'Result=exit-code\nActiveState=activating\n'`);
    root.write('words', `${words}\n`);
    root.standIn(
      'journalctl',
      `case $1 in _SYSTEMD_UNIT=${unit}.service) cat ${root.at('words')} ;; *) cat ${root.at('words')}; echo "${unit}.service: Failed with result 'exit-code'." ;; esac`,
    );
    root.standIn('curl', 'exit 7');
    const running = start('ready', root);
    await running.says(told);
    expect(running.out).not.toContain('Failed with result');
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
