import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { familyNamed } from '../../platform/families.ts';
import type { PackagePurpose } from '../../platform/family.ts';
import type { Merged } from '../build/merged.ts';
import type { NodeContext } from '../context.ts';
import type { Contribution, UnitDecl } from '../contract.ts';
import { osPackages } from './os.ts';

const setsTime = ({ enabled, servers }: Cluster['spec']['os']['ntp']): boolean => enabled && servers.length > 0;

/** The list for the packages step: required packages, separate from the user's additional ones. */
function packagesText(cluster: Cluster, purposes: readonly PackagePurpose[]): string {
  const { family, packages, packageUpgrade, ntp } = cluster.spec.os;
  const needed = osPackages(cluster, purposes);
  const wished = [...new Set(packages)].filter((name) => !needed.includes(name)).sort();
  const lines = [
    `family ${familyNamed(family).packagesSection}`,
    ...(packageUpgrade ? ['upgrade'] : []),
    ...(setsTime(ntp) ? ['time'] : []),
    ...needed.map((name) => `node ${name}`),
    ...wished.map((name) => `user ${name}`),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Packages of the operating system. cloud-init's own package module is not used: it runs once per instance, whether it
 * succeeds or not, and one unknown name fails all packages (cloud-init issue 2908). The node's own step repeats until
 * all are installed.
 */
export function packagesContribution({ cluster }: NodeContext, merged: Merged): Contribution {
  const { family, packages, packageUpgrade, ntp } = cluster.spec.os;
  const optional = packages.length > 0 || packageUpgrade || setsTime(ntp);
  const sections = [
    familyNamed(family).packagesSection,
    ...(packageUpgrade ? ['upgrade'] : []),
    ...(setsTime(ntp) ? ['time'] : []),
  ];
  const from = ['os', 'packages'];
  const unit = (name: string): UnitDecl => ({ name, layer: 'image', start: true, from, content: { kind: 'static' } });
  return {
    files: [
      {
        path: nodePaths.packagesList,
        layer: 'image',
        from,
        content: { kind: 'text', text: packagesText(cluster, merged.packages) },
      },
      { path: `${nodePaths.lib}/packages`, layer: 'image', mode: '0755', content: { kind: 'static', sections } },
    ],
    units: [unit('knode-packages.service'), ...(optional ? [unit('knode-optional-packages.service')] : [])],
  };
}
