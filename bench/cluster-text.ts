/** A cluster of three masters and so many workers with addresses; the networks hold 16,000. */
export function clusterText(workers: number, algorithm = 'ecdsa-p256'): string {
  const address = (index: number) => `10.10.${Math.floor(index / 250)}.${(index % 250) + 1}`;
  const lines = Array.from(
    { length: workers },
    (_, index) => `    - { name: w${index + 1}, address: ${address(index)} }`,
  );
  return [
    'apiVersion: knode.dev/v1',
    'kind: Cluster',
    'name: bench',
    'kubernetes: { version: 1.36.3 }',
    'apiEndpoint: { address: 10.9.0.10 }',
    'network: { podCIDR: 100.64.0.0/10 }',
    `pki: { algorithm: ${algorithm} }`,
    'nodes:',
    '  masters:',
    ...[1, 2, 3].map((index) => `    - { name: m${index}, address: 10.9.0.1${index} }`),
    ...(workers > 0 ? ['  workers:', ...lines] : []),
    '',
  ].join('\n');
}
