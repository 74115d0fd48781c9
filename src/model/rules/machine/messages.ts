import { speaker, type Words } from '../../../base/catalogue.ts';
import { suggest } from '../../../base/wording.ts';

/** Messages of rules about machines. */
export const say = speaker('model/rules/machine', {
  'data-fleeting': ({ program, folder }: { program: string; folder: string }) => ({
    message: `${program} would lose its data: ${folder} is emptied at a start`,
    hint: `choose a folder of its own that stays, for example /var/lib/${program} or one on a data disk`,
  }),
  'data-in-system': ({ folder, program }: { folder: string; program: string }) => ({
    message: `${folder} belongs to the system, and ${program} would fill it`,
    hint: `choose a folder of its own that stays, for example /var/lib/${program} or one on a data disk`,
  }),
  'data-shared/setting': ({
    folder,
    other,
    otherKey,
    program,
    key,
  }: {
    folder: string | undefined;
    other: string;
    otherKey: string;
    program: string;
    key: string;
  }) => ({
    message: `${folder} would be ${other}'s ${otherKey} and ${program}'s ${key}`,
    hint: 'give each a folder of its own',
  }),
  'data-shared/log': ({ walDir, dataDir }: { walDir: string; dataDir: string }) => ({
    message: `etcd would empty ${walDir} for its log, and its data is there: ${dataDir}`,
    hint: `choose a folder of its own, for example ${dataDir}-wal`,
  }),
  'image-without-tag': ({ image }: { image: string }) => ({
    message: `'${image}' is not registry/name:tag, the only name that artifacts.images: mirror can bring`,
    hint: 'write it without a scheme and without a digest: the lock pins the file',
  }),
  'images-without-mirror': {
    message: 'the images come from a mirror, and artifacts.mirrors names none',
    hint: "name the mirror's base URL in artifacts.mirrors, or leave images: registry",
  },
  'disk-identity': ({ named }: { named: number }) => ({
    message: named === 0 ? 'the data disk has no device' : 'the data disk is named in more than one way',
    hint: "give exactly one of 'device', 'id' and 'serial'",
  }),
  'disk-twice': ({ name }: { name: string | undefined }) => ({
    message: `${name} is used twice`,
    hint: 'a disk has one mount',
  }),
  'mount-twice': ({ mount }: { mount: string }) => ({
    message: `${mount} is mounted twice`,
    hint: 'choose another folder',
  }),
  'mount-nested': ({ mount, other }: { mount: string; other: string }) => ({
    message: `${mount} and ${other} lie one below the other`,
    hint: 'mount them side by side',
  }),
  'tenant-twice': ({ tenant }: { tenant: string }) => ({
    message: `two disks hold ${tenant}`,
    hint: 'let one of them hold it',
  }),
  'file-below-mount': ({ path, itself, mount }: { path: string; itself: boolean; mount: string }) => ({
    message: `${path} ${itself ? 'is where the data disk is mounted' : `lies below the data disk ${mount}`}: it would be hidden by the mount`,
    hint: 'write it elsewhere',
  }),
  'mount-covers-system': ({ mount, folder }: { mount: string; folder: string }) => ({
    message: `${mount} would hide files that knode writes below ${folder}`,
    hint: 'mount the disk at a folder of its own, for example /data',
  }),
  'path-twice': ({ name, list, earlier }: { name: string | undefined; list: string; earlier: number }) => ({
    message: `${name} stands twice: ${list}[${earlier}] writes it too`,
    hint: 'keep one, or give them different roles',
  }),
  'sysctl-gone': ({ key, why }: { key: string; why: string }) => ({
    message: `the kernel has no ${key} any more: ${why}`,
    hint: 'remove it',
  }),
  'module-gone': ({ name, why }: { name: string; why: string }) => ({
    message: `the kernel has no ${name} any more: ${why}`,
    hint: 'write nf_conntrack',
  }),
  'unknown-timezone': ({ timezone, near }: { timezone: string; near: string | undefined }) => ({
    message: `there is no time zone '${timezone}'`,
    hint: suggest(near, 'timedatectl list-timezones shows them all'),
  }),
  'content-once': ({ source, list, index }: { source: string | undefined; list: string; index: number }) => ({
    message: source === undefined ? `${list}[${index}] has no content` : `${list}[${index}] has its content twice`,
    hint: "give either 'source' (a file beside the cluster file) or 'content'",
  }),
  'secret-readable': ({ path, mode }: { path: string; mode: string }) => ({
    message: `${path} is secret, but mode ${mode} lets everybody read it`,
    hint: "leave the mode out for '0600', or end it in 0",
  }),
  'file-of-image': ({ path, why }: { path: string; why: string }) => ({
    message: `${path} would replace the image’s own: ${why}`,
    hint: 'change it in the image',
  }),
  'file-fleeting': ({ path }: { path: string }) => ({
    message: `${path} is gone after the first restart: cloud-init writes files once`,
    hint: 'choose a folder below /etc or /var/lib',
  }),
  'unit-template': ({ name }: { name: string }) => ({
    message: `${name} is a template, which cannot be started: knode’s target would wait for it`,
    hint: 'set start: false, or name an instance',
  }),
  'payload-without-mirror': {
    message: 'the node layer archive comes from a mirror, and artifacts.mirrors names none',
    hint: "name the mirror's base URL in artifacts.mirrors, or leave payload: user-data",
  },
  'sysctl-kubelet/lost': ({ key, wanted }: { key: string; wanted: number }) => ({
    message: `kubelet sets ${key} to ${wanted} at every start, whatever it is before`,
    hint: 'remove it',
  }),
  'sysctl-kubelet/refused': ({ key, wanted }: { key: string; wanted: number }) => ({
    message: `kubelet does not start unless ${key} is ${wanted}`,
    hint: 'remove it: knode sets what kubelet wants',
  }),
  'sysctl-forward': ({ key }: { key: string }) => ({
    message: `without ${key} = 1 pods reach neither pods of other nodes nor Services`,
    hint: 'remove it: knode sets it to 1',
  }),
  'sysctl-twice': ({ key, earlier }: { key: string; earlier: string }) => ({
    message: `${key} and ${earlier} are the same key`,
    hint: 'keep one of them',
  }),
  'sysctl-files': ({ value, mostFiles }: { value: number; mostFiles: number }) => ({
    message: `with fs.nr_open ${value} the container runtime does not start: its unit asks for ${mostFiles} files`,
    hint: `write ${mostFiles} or more, or remove it`,
  }),
  'sysctl-range': ({ key }: { key: string }) => ({
    message: `${key} must be two ports, the lower first`,
    hint: 'for example 32768 60999',
  }),
  'sysctl-ports/node-ports': ({ range }: { range: string }) => sysctlPorts(`NodePorts (${range})`),
  'sysctl-ports/own': sysctlPorts('Kubernetes’ own ports (10248-10259)'),
});

function sysctlPorts(taken: string): Words & { readonly hint: string } {
  return {
    message: `outgoing connections may take ${taken}, which then cannot be served`,
    hint: 'keep the range above them, for example 32768 60999, or set net.ipv4.ip_local_reserved_ports',
  };
}
