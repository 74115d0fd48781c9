/** CPU architecture, as Kubernetes, Go and Debian name it. */
export type Arch = 'amd64' | 'arm64';
