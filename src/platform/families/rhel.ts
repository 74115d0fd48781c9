import type { Arch } from '../arch.ts';
import { ami } from '../clouds/aws.ts';
import { marketplace } from '../clouds/azure.ts';
import { imageFamily } from '../clouds/gcp.ts';
import type { Family, System } from '../family.ts';

const uname = (arch: Arch) => (arch === 'amd64' ? 'x86_64' : 'aarch64');

function rockySystem(version: string): System {
  return {
    name: `rocky-${version}`,
    user: 'rocky',
    images: {
      // https://rockylinux.org/download: the account that publishes Rocky's AMIs.
      aws: ami({
        owner: '792107900819',
        name: (arch) => `Rocky-${version}-EC2-Base-${version}.*.${uname(arch)}`,
        root: '/dev/sda1',
        user: 'rocky',
      }),
      gcp: imageFamily('rocky-linux-cloud', (arch) => `rocky-linux-${version}${arch === 'arm64' ? '-arm64' : ''}`),
    },
    cloudImage: (arch) =>
      `https://dl.rockylinux.org/pub/rocky/${version}/images/${uname(arch)}/Rocky-${version}-GenericCloud-Base.latest.${uname(arch)}.qcow2`,
  };
}

function almaSystem(version: string): System {
  return {
    name: `alma-${version}`,
    user: 'almalinux',
    images: {
      // https://wiki.almalinux.org/cloud/AWS.html
      aws: ami({
        owner: '764336703387',
        name: (arch) => `AlmaLinux OS ${version}.* ${uname(arch)}*`,
        root: '/dev/sda1',
        user: 'ec2-user',
      }),
      gcp: imageFamily('almalinux-cloud', (arch) => `almalinux-${version}${arch === 'arm64' ? '-arm64' : ''}`),
      azure: marketplace({
        publisher: 'almalinux',
        offer: (arch) => (arch === 'arm64' ? 'almalinux-arm' : 'almalinux-x86_64'),
        sku: (arch) => `${version}-${arch === 'arm64' ? 'arm-' : ''}gen2`,
      }),
    },
    cloudImage: (arch) =>
      `https://repo.almalinux.org/almalinux/${version}/cloud/${uname(arch)}/images/AlmaLinux-${version}-GenericCloud-latest.${uname(arch)}.qcow2`,
  };
}

/** RHEL, its rebuilds and their like. */
export const rhel: Family = {
  name: 'rhel',
  title: 'RHEL',
  distributions: 'RHEL, Rocky, Alma, CentOS',
  packagesSection: 'rhel',
  packages: {
    conntrack: ['conntrack-tools'],
    curl: ['ca-certificates', 'curl'],
    ebtables: ['ebtables'],
    ethtool: ['ethtool'],
    ext4: ['e2fsprogs'],
    ipset: ['ipset'],
    iptables: ['iptables'],
    ipvsadm: ['ipvsadm'],
    nftables: ['nftables'],
    nginx: ['nginx', 'nginx-mod-stream'],
    openssl: ['openssl'],
    socat: ['socat'],
    xfs: ['xfsprogs'],
  },
  nginxModules: '/usr/share/nginx/modules/*.conf',
  // nm-cloud-setup, on in its cloud images, adds routing rules for the addresses that it learns from the cloud, and pods' packets go
  // astray by them (RKE2 documentation, "Known issues": NetworkManager; rke2#1053).
  disturbingServices: ['nm-cloud-setup.timer', 'nm-cloud-setup.service'],
  networkManager: true,
  // httpd_selinux(8).
  confinesNginx: true,
  // cloud-init's sysconfig and NetworkManager renderers make of a pattern a connection for a device called `primary`.
  matchesInterfaces: false,
  systems: [rockySystem('9'), almaSystem('9')],
};
