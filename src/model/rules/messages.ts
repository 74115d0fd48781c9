import { phrases, speaker } from '../../base/catalogue.ts';
import { list, suggest } from '../../base/wording.ts';

/** Messages of rules about the cluster as a whole. */
export const say = speaker('model/rules', {
  'artifact-source-once': ({ url, name }: { url: string | undefined; name: string }) => ({
    message: url === undefined ? `nothing says where ${name} comes from` : `${name} comes from two places`,
    hint: "give either 'url' or 'file' (beside the cluster file)",
  }),
  'artifact-twice': ({ name, earlier }: { name: string; earlier: number }) => ({
    message: `${name} stands twice: artifacts.extra[${earlier}] is it too`,
    hint: 'keep one, give each its own arch, or nodes of its own (roles, pools)',
  }),
  'member-of-image': {
    message: 'an image has no members',
    hint: 'remove them: the runtime imports the file, wherever it lies',
  },
  'members-missing': ({ name }: { name: string }) => ({
    message: `nothing says where ${name} goes`,
    hint: "add members: [{ to: /usr/local/bin/NAME }], with 'from' where the file is an archive",
  }),
  'member-of-binary': {
    message: 'a bare file has no members',
    hint: "give it one member without 'from', or write format: tar.gz",
  },
  'member-without-from': ({ to }: { to: string }) => ({
    message: `nothing says which file of the archive goes to ${to}`,
    hint: "add 'from', the path that tar -t prints",
  }),
  'unknown-pool': ({
    pool,
    near,
    length,
    known,
  }: {
    pool: string;
    near: string | undefined;
    length: number;
    known: readonly string[];
  }) => ({
    message: `there is no pool '${pool}'`,
    hint: suggest(near, length === 0 ? 'the cluster file has no pools' : `pools: ${list(known)}`),
  }),
  'file-without-mirror': ({ name }: { name: string }) => ({
    message: `nodes cannot download ${name}: it is a file of yours, and there is no mirror`,
    hint: 'name one in artifacts.mirrors, and fill it: knode mirror pull, knode mirror push',
  }),
  'invalid-registry': ({ registry, bare }: { registry: string; bare?: string }) => ({
    message: `'${registry}' cannot begin an image's name`,
    hint: bare ? `write ${bare}` : 'write host[:port][/path], for example registry.example.com/k8s',
  }),
  'no-source': {
    message: 'nodes have nowhere to get their programs from: upstream is off, and there is no mirror',
    hint: 'name one in artifacts.mirrors, or leave upstream on',
  },
  'ipsec-charon': {
    message: 'flannel’s ipsec runs /usr/lib/strongswan/charon, which knode does not install',
    hint: 'put it there, for example as an artifact of your own, or choose wireguard or vxlan',
  },
  'ipsec-psk': {
    message: 'flannel’s ipsec needs a PSK of 96 characters or more',
    hint: 'make one: dd if=/dev/urandom count=48 bs=1 status=none | xxd -p -c 48',
  },
  'audit-off': {
    message: 'the API server keeps no record of who did what',
    hint: 'leave audit on: it rotates its own log',
  },
  'encryption-off': {
    message: 'Secrets are readable in etcd’s files, snapshots and backups',
    hint: 'leave the provider out for secretbox',
  },
  'os-family-differs': ({ title, own, said }: { title: string; own: string; said: string }) => ({
    message: `${title} is of the family ${own}, os.family says ${said}`,
    hint: `set os.family to ${own}`,
  }),
  'backend-unknown': ({
    version,
    type,
    since,
    until,
    near,
    backends,
  }: {
    version: string;
    type: string;
    since: string | undefined;
    until: string | undefined;
    near: string | undefined;
    backends: readonly string[];
  }) => ({
    message: `flannel ${version} has no back end ${type}${since === undefined ? '' : ` (known ${since} to ${until})`}`,
    hint: suggest(near, `choose one of ${list(backends)}`),
  }),
  'backend-key-unknown': ({
    type,
    key,
    near,
    knownKeys,
  }: {
    type: string;
    key: string;
    near: string | undefined;
    knownKeys: readonly string[];
  }) => ({ message: `flannel's back end ${type} has no key ${key}`, hint: suggest(near, `known: ${list(knownKeys)}`) }),
  'kubelet-open/port': ({ port }: { port: number }) => ({
    message: `kubelet serves port ${port} to everybody: anyone who reaches the node can use it`,
    hint: 'remove it',
  }),
  'kubelet-open/anonymous': {
    message: 'kubelet takes requests without credentials: anyone who reaches the node can use it',
    hint: 'remove it',
  },
  'kubelet-open/mode': {
    message: 'kubelet allows everything: anyone who reaches the node can use it',
    hint: 'remove it',
  },
  'field-version': ({ version }: { version: string }) => ({
    message: `kubelet ${version} has no seccompDefault yet: it came with 1.22`,
    hint: 'remove it; pods name a profile themselves (securityContext.seccompProfile, from 1.19 on)',
  }),
  'pki-outlives-ca': ({ certificateValidity, caValidity }: { certificateValidity: string; caValidity: string }) => ({
    message: `certificates of ${certificateValidity} would outlive authorities of ${caValidity}`,
    hint: 'shorten certificateValidity or lengthen caValidity',
  }),
  'pki-margin': ({
    certificateValidity,
    caValidity,
    longest,
  }: {
    certificateValidity: string;
    caValidity: string;
    longest: number;
  }) => ({
    message: `certificates of ${certificateValidity} leave less than a year of their authorities' ${caValidity}: nodes that come later get none`,
    hint: `shorten it to ${longest}h or less`,
  }),
  'pki-always-renewed': ({
    renewBefore,
    certificateValidity,
  }: {
    renewBefore: string;
    certificateValidity: string;
  }) => ({
    message: `renewBefore ${renewBefore} is too close to certificateValidity ${certificateValidity}: every render would issue all certificates anew`,
    hint: 'shorten renewBefore',
  }),
  'pki-needs-key': {
    message:
      'the kubernetes authority has no key: kube-controller-manager needs it to sign the certificates of kubelets that join',
    hint: "have your CA issue an intermediate CA for this cluster alone, and name its certificate and 'key' here; only etcd and front-proxy go without",
  },
  'secret-in-open-file': ({ path, what }: { path: string; what: string }) => ({
    message: `${path} holds ${what}, which every user of the node can read and an image would carry`,
    hint: 'add secret: true',
  }),
  'secret-in-unit': ({ name, what }: { name: string; what: string }) => ({
    message: `${name} holds ${what}: systemctl show tells every user of the node what is in a unit`,
    hint: 'put it into an entry of extraFiles with secret: true, and name that as EnvironmentFile',
  }),
  'secret-on-command-line': ({ flag, login }: { flag: string; login: boolean }) => ({
    message: `--${flag} holds ${login ? 'a URL with a login' : 'a secret'}: every user of the node can read a command line`,
    hint: `give the program the ${login ? 'login' : 'secret'} in a file of its own, or use an address that wants none`,
  }),
});

/** What makes a text a secret. */
export const secretKinds = phrases('model/rules/secret-kinds', { key: 'a private key', login: 'a URL with a login' });
