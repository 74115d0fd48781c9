import type { Arch } from '../model/cluster.ts';

/** Where a distribution's own images are, by platform. */
export interface System {
  /** As `--os` takes it, and as it stands in the image's name. */
  readonly name: string;
  readonly family: 'debian' | 'rhel';
  /** The user that the distribution's cloud images let in by SSH. */
  readonly user: string;
  readonly aws: { readonly owner: string; readonly name: (arch: 'x86_64' | 'arm64', deb: Arch) => string };
  readonly awsUser: string;
  /** Of the disk that the AMI boots from. */
  readonly awsRoot: string;
  readonly google: { readonly project: string; readonly family: (arch: Arch) => string };
  /** Absent where its images there need a contract first. */
  readonly azure?: {
    readonly publisher: string;
    readonly offer: (arch: Arch) => string;
    readonly sku: (arch: Arch) => string;
  };
  /** The cloud image for `--base`, to tell people of. */
  readonly cloudImage: (arch: Arch) => string;
}

const uname = (arch: Arch) => (arch === 'amd64' ? 'x86_64' : 'aarch64');

function debian(version: string, codename: string): System {
  return {
    name: `debian-${version}`,
    family: 'debian',
    user: 'debian',
    // https://wiki.debian.org/Cloud/AmazonEC2Image
    aws: { owner: '136693071363', name: (_, arch) => `debian-${version}-${arch}-*` },
    awsUser: 'admin',
    awsRoot: '/dev/xvda',
    google: {
      project: 'debian-cloud',
      family: (arch) => `debian-${version}${arch === 'arm64' ? '-arm64' : ''}`,
    },
    azure: {
      publisher: 'Debian',
      offer: () => `debian-${version}`,
      sku: (arch) => (arch === 'arm64' ? `${version}-arm64` : `${version}-gen2`),
    },
    cloudImage: (arch) =>
      `https://cloud.debian.org/images/cloud/${codename}/latest/debian-${version}-genericcloud-${arch}.qcow2`,
  };
}

function ubuntu(version: string, codename: string, volume: 'ssd' | 'ssd-gp3'): System {
  const short = version.replace('.', '');
  return {
    name: `ubuntu-${version}`,
    family: 'debian',
    user: 'ubuntu',
    // https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
    aws: {
      owner: '099720109477',
      name: (_, arch) => `ubuntu/images/hvm-${volume}/ubuntu-${codename}-${version}-${arch}-server-*`,
    },
    awsUser: 'ubuntu',
    awsRoot: '/dev/sda1',
    google: {
      project: 'ubuntu-os-cloud',
      family: (arch) => `ubuntu-${short}-lts${version === '22.04' && arch === 'amd64' ? '' : `-${arch}`}`,
    },
    azure: {
      publisher: 'Canonical',
      offer: () => (version === '22.04' ? '0001-com-ubuntu-server-jammy' : 'ubuntu-24_04-lts'),
      sku: (arch) =>
        version === '22.04'
          ? `22_04-lts-${arch === 'arm64' ? 'arm64' : 'gen2'}`
          : arch === 'arm64'
            ? 'server-arm64'
            : 'server',
    },
    cloudImage: (arch) =>
      `https://cloud-images.ubuntu.com/releases/${codename}/release/ubuntu-${version}-server-cloudimg-${arch}.img`,
  };
}

function rocky(version: string): System {
  return {
    name: `rocky-${version}`,
    family: 'rhel',
    user: 'rocky',
    // https://rockylinux.org/download: the account that publishes Rocky's AMIs.
    aws: {
      owner: '792107900819',
      name: (arch) => `Rocky-${version}-EC2-Base-${version}.*.${arch === 'arm64' ? 'aarch64' : arch}`,
    },
    awsUser: 'rocky',
    awsRoot: '/dev/sda1',
    google: {
      project: 'rocky-linux-cloud',
      family: (arch) => `rocky-linux-${version}${arch === 'arm64' ? '-arm64' : ''}`,
    },
    cloudImage: (arch) =>
      `https://dl.rockylinux.org/pub/rocky/${version}/images/${uname(arch)}/Rocky-${version}-GenericCloud-Base.latest.${uname(arch)}.qcow2`,
  };
}

function alma(version: string): System {
  return {
    name: `alma-${version}`,
    family: 'rhel',
    user: 'almalinux',
    // https://wiki.almalinux.org/cloud/AWS.html
    aws: { owner: '764336703387', name: (arch) => `AlmaLinux OS ${version}.* ${arch === 'arm64' ? 'aarch64' : arch}*` },
    awsUser: 'ec2-user',
    awsRoot: '/dev/sda1',
    google: {
      project: 'almalinux-cloud',
      family: (arch) => `almalinux-${version}${arch === 'arm64' ? '-arm64' : ''}`,
    },
    azure: {
      publisher: 'almalinux',
      offer: (arch) => (arch === 'arm64' ? 'almalinux-arm' : 'almalinux-x86_64'),
      sku: (arch) => `${version}-${arch === 'arm64' ? 'arm-' : ''}gen2`,
    },
    cloudImage: (arch) =>
      `https://repo.almalinux.org/almalinux/${version}/cloud/${uname(arch)}/images/AlmaLinux-${version}-GenericCloud-latest.${uname(arch)}.qcow2`,
  };
}

/** One row a release: `--os` takes these names. The first of a family is the default. */
export const systems: readonly System[] = [
  debian('12', 'bookworm'),
  debian('13', 'trixie'),
  ubuntu('24.04', 'noble', 'ssd-gp3'),
  ubuntu('22.04', 'jammy', 'ssd'),
  rocky('9'),
  alma('9'),
];
