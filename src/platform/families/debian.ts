import { ami } from '../clouds/aws.ts';
import { marketplace } from '../clouds/azure.ts';
import { imageFamily } from '../clouds/gcp.ts';
import type { Family, System } from '../family.ts';

function debianSystem(version: string, codename: string): System {
  return {
    name: `debian-${version}`,
    user: 'debian',
    images: {
      // https://wiki.debian.org/Cloud/AmazonEC2Image
      aws: ami({
        owner: '136693071363',
        name: (arch) => `debian-${version}-${arch}-*`,
        root: '/dev/xvda',
        user: 'admin',
      }),
      gcp: imageFamily('debian-cloud', (arch) => `debian-${version}${arch === 'arm64' ? '-arm64' : ''}`),
      azure: marketplace({
        publisher: 'Debian',
        offer: () => `debian-${version}`,
        sku: (arch) => (arch === 'arm64' ? `${version}-arm64` : `${version}-gen2`),
      }),
    },
    cloudImage: (arch) =>
      `https://cloud.debian.org/images/cloud/${codename}/latest/debian-${version}-genericcloud-${arch}.qcow2`,
  };
}

function ubuntuSystem(version: string, codename: string, volume: 'ssd' | 'ssd-gp3'): System {
  const short = version.replace('.', '');
  const jammy = version === '22.04';
  return {
    name: `ubuntu-${version}`,
    user: 'ubuntu',
    images: {
      // https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
      aws: ami({
        owner: '099720109477',
        name: (arch) => `ubuntu/images/hvm-${volume}/ubuntu-${codename}-${version}-${arch}-server-*`,
        root: '/dev/sda1',
        user: 'ubuntu',
      }),
      gcp: imageFamily(
        'ubuntu-os-cloud',
        (arch) => `ubuntu-${short}-lts${jammy && arch === 'amd64' ? '' : `-${arch}`}`,
      ),
      azure: marketplace({
        publisher: 'Canonical',
        offer: () => (jammy ? '0001-com-ubuntu-server-jammy' : 'ubuntu-24_04-lts'),
        sku: (arch) => {
          if (jammy) return `22_04-lts-${arch === 'arm64' ? 'arm64' : 'gen2'}`;
          return arch === 'arm64' ? 'server-arm64' : 'server';
        },
      }),
    },
    cloudImage: (arch) =>
      `https://cloud-images.ubuntu.com/releases/${codename}/release/ubuntu-${version}-server-cloudimg-${arch}.img`,
  };
}

/** Debian, Ubuntu and their like. */
export const debian: Family = {
  name: 'debian',
  title: 'Debian',
  distributions: 'Debian and Ubuntu',
  packagesSection: 'debian',
  packages: {
    conntrack: ['conntrack'],
    curl: ['ca-certificates', 'curl'],
    ebtables: ['ebtables'],
    ethtool: ['ethtool'],
    ext4: ['e2fsprogs'],
    ipset: ['ipset'],
    iptables: ['iptables'],
    ipvsadm: ['ipvsadm'],
    nftables: ['nftables'],
    nginx: ['libnginx-mod-stream', 'nginx'],
    openssl: ['openssl'],
    socat: ['socat'],
    xfs: ['xfsprogs'],
  },
  nginxModules: '/etc/nginx/modules-enabled/*.conf',
  // A locale exists only after locale-gen, which reads this file and not its arguments.
  localeList: '/etc/locale.gen',
  disturbingServices: [],
  networkManager: false,
  confinesNginx: false,
  matchesInterfaces: true,
  systems: [
    debianSystem('12', 'bookworm'),
    debianSystem('13', 'trixie'),
    ubuntuSystem('24.04', 'noble', 'ssd-gp3'),
    ubuntuSystem('22.04', 'jammy', 'ssd'),
  ],
};
