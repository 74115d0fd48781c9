/** CPU architectures, as Kubernetes, Go and Debian name them. */
export const archs = ['amd64', 'arm64'] as const;

export type Arch = (typeof archs)[number];
