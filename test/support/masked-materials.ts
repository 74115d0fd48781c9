import type { Materials } from '../../src/component/contract.ts';
import type { NodePlan } from '../../src/component/plan.ts';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { artifactId } from '../../src/mirror/catalogue/identity.ts';
import type { ArtifactLock } from '../../src/mirror/lock/lock.ts';
import { resolveArtifacts } from '../../src/mirror/lock/resolve.ts';
import { claimsOf } from '../../src/pki/passport/text.ts';

/**
 * Materials without a key: a certificate is its request in words, a key its name. What goldens and rule tests render with, so
 * that no key material enters the repository and nothing depends on the clock.
 */
export function maskedMaterials(
  plan: NodePlan,
  lock: ArtifactLock | undefined,
  source: (file: string) => string,
): Materials {
  const requests = new Map(plan.certificates.map((request) => [request.id, request]));
  const { value: artifacts, diagnostics } = resolveArtifacts(plan.artifacts, loadCatalogue(), lock, {
    unlocked: false,
  });
  if (artifacts === undefined) throw new Error(diagnostics.map((one) => `${one.message}\n${one.hint}`).join('\n'));
  return {
    certificate: (id) => {
      const request = requests.get(id);
      if (request === undefined) throw new Error(`${id} was not requested`);
      const lines = [
        `certificate ${id}`,
        `issuer ${request.authority}`,
        `subject CN=${request.commonName}${request.organizations.map((o) => `, O=${o}`).join('')}`,
        `usages ${request.usages.join(', ')}`,
        ...(request.lifetimeHours === undefined ? [] : [`lives ${request.lifetimeHours} h`]),
        ...request.dnsNames.map((name) => `DNS ${name}`),
        ...request.ipAddresses.map((address) => `IP ${address}`),
      ];
      return lines.map((line) => `${line}\n`).join('');
    },
    privateKey: (id) => `key of ${id}\n`,
    authority: (name, part) => `${part} of the ${name} authority\n`,
    serviceAccount: (part) => `${part} of service accounts\n`,
    passport: (id) => {
      const request = plan.passports.find((one) => one.id === id);
      if (request === undefined) throw new Error(`passport ${id} was not requested`);
      return claimsOf(request);
    },
    passportKey: () => 'public key of passports\n',
    secret: (name, field) => `SECRET-${name}-${field}`,
    lasts: () => true,
    artifact: (need) => {
      const resolved = artifacts.get(artifactId(need));
      if (resolved === undefined) throw new Error(`${artifactId(need)} is not locked`);
      return resolved;
    },
    source,
  };
}
