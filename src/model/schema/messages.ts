import { speaker, type Words } from '../../base/catalogue.ts';
import { list } from '../../base/wording.ts';

type OfValue = (parameters: { readonly value: string }) => Words & { readonly hint: string };

const isNot =
  (what: string, hint: string): OfValue =>
  ({ value }) => ({ message: `'${value}' is not ${what}`, hint });

const isNo =
  (what: string, hint: string): OfValue =>
  ({ value }) => ({ message: `'${value}' is no ${what}`, hint });

/** What is wrong with values of the cluster file. */
export const say = speaker('model/schema', {
  'invalid-journal-limit': isNo(
    'size of journald',
    'write a number of bytes, or one with K, M, G or T, for example 2G',
  ),
  'invalid-journal-limit/span': isNo(
    'time span of journald',
    'write a number and a unit, for example 30s, 5m or 2week',
  ),
  'invalid-ssh-key': {
    message: 'this is no public key of ssh',
    hint: 'write the whole line of a .pub file, for example ssh-ed25519 AAAAC3NzaC1… name',
  },
  'invalid-ntp-server': isNo('name or address of a server', 'for example ntp.example.com or 10.0.0.2'),
  'invalid-no-proxy': isNot(
    'one item of NO_PROXY',
    'write each name, .domain, address or network as an entry of its own',
  ),
  'invalid-sysctl': isNot('a sysctl key', 'write it with dots, for example net.ipv4.ip_forward'),
  'invalid-module': isNot('a kernel module name', 'write the bare name, for example ip_vs'),
  'invalid-package': isNot('a package name', 'write the bare name, for example jq'),
  'invalid-unit': isNot('a unit name', 'write a name such as postfix or postfix.service'),
  'os-release-unknown': ({
    value,
    near,
    known,
  }: {
    value: string;
    near: string | undefined;
    known: readonly string[];
  }) => ({
    message: `knode has no facts for the operating system '${value}'`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}known: ${list(known)}`,
  }),
  'invalid-timezone': isNot('a time zone', 'write a name of the tz database, for example Europe/Berlin'),
  'invalid-locale': isNot('a locale', 'for example en_US.UTF-8'),
  'invalid-version': isNot(
    'a version of the pod security standards',
    'write latest, or a minor with its v, for example v1.36',
  ),
  'invalid-name': ({ value, what }: { value: string; what: string }) => ({
    message: `'${value}' is not a name of a ${what}`,
    hint: "write lower-case letters, digits and '-', with a letter or digit at both ends",
  }),
  'invalid-plugin': isNot('an admission plugin', 'for example NodeRestriction'),
  'invalid-api': isNot('an API group or version', 'for example api/beta'),
  'invalid-api/switch': ({ value }: { value: string }) => ({
    message: `'${value}' does not switch an API`,
    hint: 'write true or false',
  }),
  'invalid-registry': isNot(
    'a registry host',
    'write host or host:port, for example docker.io, or _default for all others',
  ),
  'invalid-header': isNot('the name of a header', 'for example X-Api-Key'),
  'invalid-country': isNot('a country code', 'write two capitals, for example DE'),
  'invalid-gate': isNot('a feature gate', 'for example GracefulNodeShutdown'),
  'invalid-disk-name': isNot(
    'one word',
    'name the disk by its device, or as it stands below /dev/disk/by-id, without white space',
  ),
  'invalid-mode': isNot('a file mode', "write four octal digits in quotes, for example '0644'"),
  'invalid-unit/ending': isNot('a unit name', 'end it in .service, .timer, .socket, .path, .mount or .target'),
  'invalid-label': isNot('a label key', 'write prefix/name or name, for example example.com/tier'),
  'invalid-label/value': isNot('a label value', "use at most 63 letters, digits, '-', '_' and '.'"),
  'invalid-interface': isNot('an interface name', 'for example eth0'),
  'invalid-name-pattern': isNot(
    'a pattern of node names',
    "write a part that all names have, and * for the rest, for example 'web-*'",
  ),
  'not-dns-1123/label': ({ value, example }: { value: string; example: string }) => ({
    message: `'${value}' is not a DNS-1123 label`,
    hint: `use at most 63 lower-case letters, digits and '-', for example '${example}'`,
  }),
  'not-dns-1123/name': ({
    value,
    dotted,
    trimmed,
    example,
  }: {
    value: string;
    dotted: boolean;
    trimmed: string;
    example: string;
  }) => ({
    message: `'${value}' is not a DNS-1123 name`,
    hint: dotted
      ? `leave the trailing dot out: '${trimmed}'`
      : `use lower-case letters, digits, '-' and '.', for example '${example}'`,
  }),
  'not-a-name': isNo('DNS name', "write an address under 'address'"),
  'invalid-san': ({ value, dotted, trimmed }: { value: string; dotted: boolean; trimmed: string }) => ({
    message: `'${value}' cannot stand in a certificate`,
    hint: dotted ? `leave the trailing dot out: '${trimmed}'` : 'give a DNS name or an IP address',
  }),
  'invalid-address': isNot('an IPv4 address', 'write four numbers, for example 10.0.0.11'),
  'invalid-cidr': isNot('an IPv4 network', 'write address/prefix, for example 10.244.0.0/16'),
  'host-bits': ({ value, network }: { value: string; network: string }) => ({
    message: `'${value}' has host bits set`,
    hint: `write the network itself: ${network}`,
  }),
  'service-network-size': ({ value }: { value: string }) => ({
    message: `'${value}' has too few addresses for Services`,
    hint: 'use a prefix of /28 or shorter; a /16 has 65,536 addresses',
  }),
  'invalid-interface/host': isNot('an interface name', 'for example eth0 or en*'),
  'invalid-port-range': isNot('a port range', 'write low-high, for example 30000-32767'),
  'invalid-path': isNot(
    'an absolute path',
    "write an absolute path without '..', a trailing '/' or white space, for example /data/etcd",
  ),
  'control-character': {
    message: 'the value has a line break or another control character',
    hint: 'write it on one line',
  },
  'invalid-artifact-name': isNot(
    'an artifact name',
    "use lower-case letters, digits and '-', for example node-exporter",
  ),
  'invalid-artifact-version': isNot('a version', "use letters, digits, '.' and '-', without '..', for example 1.8.2"),
  'invalid-sha256': isNot('a sha256', 'write its 64 lower-case hex digits: sha256sum FILE prints them'),
  'invalid-artifact-url': isNot(
    'a plain http(s) URL of a file',
    "write one that ends in a file name, without user, password, query and '..'",
  ),
  'invalid-artifact-file': ({ value }: { value: string }) => ({
    message: `'${value}' cannot be a file of a mirror`,
    hint: "use letters, digits, '.', '+', '_' and '-' in its name, beginning with a letter or digit",
  }),
  'invalid-member': isNot('a path in an archive', "write it as tar -t prints it, without '..' and a leading '/'"),
  'invalid-path/member-to': isNot(
    'a path that an artifact can be put at',
    "write an absolute path of letters, digits, '.', '+', '_', '~' and '-', without '..', for example /usr/local/bin/agent",
  ),
  'invalid-mode/member-mode': isNot('a file mode', "write four octal digits in quotes, for example '0755'"),
  'invalid-url': ({ value }: { value: string }) => ({
    message: `'${value}' cannot stand in for a host`,
    hint: 'write an http(s) URL without user, password and query, for example https://mirror.example.com/k8s',
  }),
  'invalid-host': isNot('a host', 'write the host of a URL alone, for example dl.k8s.io'),
  'invalid-url/not-aurl': isNot(
    'an http(s) URL',
    'write the base URL of the mirror, for example https://mirror.example.com/knode',
  ),
  'mirror-fragment': {
    message: 'no server is ever sent the part of a URL behind #',
    hint: "remove '#' and what follows it: write a '#' of a password as %23",
  },

  'invalid-duration': isNot('a duration', 'write a number with a unit of h, m, s or ms, for example 24h'),
  'invalid-duration/hours': isNot('a number of hours', 'write whole hours, for example 8760h for one year'),
  'invalid-quantity': isNot('a quantity', 'write a number with a unit, for example 500m, 512Mi or 1Gi'),
  'invalid-quantity/threshold': isNot('a threshold', 'write a quantity or a percentage, for example 200Mi or 10%'),
  'invalid-version/number': isNot('a version', "write major.minor.patch without 'v', for example 1.36.3"),
  'invalid-url/http': isNot('an http(s) URL', 'write it with its scheme, for example https://mirror.example.com/knode'),
  'invalid-image': isNot('an image reference', 'write registry/name:tag or registry/name@sha256:…'),
  'invalid-flag': isNot('a flag name', "write the name without leading dashes, for example 'v'"),
});
