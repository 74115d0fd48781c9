import type { Content } from '../component/contract.ts';
import type { NodePlan } from '../component/plan.ts';
import { type CertificateRequest, type PassportRequest, SecretRef, type SecretRequest } from '../component/requests.ts';

/** A certificate request, in words. */
export function certificateWords(request: CertificateRequest): readonly string[] {
  const { id, authority, commonName, organizations, usages, dnsNames, ipAddresses, lifetimeHours } = request;
  const subject = [`CN=${commonName}`, ...organizations.map((one) => `O=${one}`)].join(', ');
  const names = [...dnsNames.map((one) => `DNS ${one}`), ...ipAddresses.map((one) => `IP ${one}`)];
  return [
    `certificate ${id}, signed by the authority ${authority}`,
    `subject ${subject}`,
    `names ${names.join(', ') || 'none'}`,
    `for ${usages.join(' and ')}`,
    ...(lifetimeHours === undefined ? [] : [`good for ${lifetimeHours} h: kubelet gets its own certificate with it`]),
  ];
}

/** A passport request, in words. */
export function passportWords({ id, cluster, bearer, role, labels, taints }: PassportRequest): readonly string[] {
  const who =
    bearer.kind === 'node'
      ? `the ${role} ${bearer.name} of ${cluster} at ${bearer.address}`
      : `machines of pool ${bearer.pool} of ${cluster}, named ${bearer.names}, with an address of ${bearer.network}`;
  return [
    `passport ${id}, signed by the state: ${who}`,
    `labels ${labels.join(', ') || 'none'}`,
    `taints ${taints.join(', ') || 'none'}`,
  ];
}

function secretWords(request: SecretRequest): string {
  switch (request.type) {
    case 'bootstrap-token':
      return `secret ${request.name}: a bootstrap token, good for ${request.ttlHours} h`;
    case 'founding-right':
      return `right ${request.name}: to found the etcd cluster, for ${request.ttlHours} h from the first render; later renders leave the file out`;
    case 'random':
      return `secret ${request.name}: ${request.bytes} random bytes as ${request.encoding}`;
  }
}

function secretNames(value: unknown): string[] {
  if (value instanceof SecretRef) return [value.name];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretNames);
}

/**
 * The content of an issued or generated file, in words instead of bytes; empty for files that depend on the cluster
 * file alone.
 */
export function requestWords(content: Content, plan: NodePlan): readonly string[] {
  switch (content.kind) {
    case 'certificate':
    case 'private-key': {
      const request = plan.certificates.find((one) => one.id === content.id);
      const words = request === undefined ? [] : certificateWords(request);
      return content.kind === 'private-key' ? ['private key of', ...words] : words;
    }
    case 'authority':
      return [`${content.part} of the authority ${content.authority}`];
    case 'passport':
      return plan.passports.flatMap((one) => (one.id === content.id ? passportWords(one) : []));
    case 'passport-key':
      return ['public half of the key that signs passports'];
    case 'service-account':
      return [
        `${content.part} that service-account tokens are ${content.part === 'private-key' ? 'signed' : 'checked'} with`,
      ];
    default: {
      const names = new Set(secretNames(content));
      return plan.secrets.filter((secret) => names.has(secret.name)).map(secretWords);
    }
  }
}

/** Whether the lines of a file have no meaning of their own: PEM. */
export function isPem(content: Content): boolean {
  return ['certificate', 'private-key', 'authority', 'service-account', 'passport', 'passport-key'].includes(
    content.kind,
  );
}
