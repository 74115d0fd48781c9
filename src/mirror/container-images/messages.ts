/** Messages about images: answers of registries, and requirements for images. */
export const imageMessages = {
  notAReference: (text: string): string => `'${text}' is not an image with a tag`,
  notAReferenceHint: 'write registry/name:tag, for example registry.k8s.io/pause:3.10',
  notAHostHint: 'write https://host, https://host/path or a bare host',
  notAHost: (host: string, standIn: string): string =>
    `'${standIn}', the stand-in of ${host}, is not an http(s) URL or a host`,

  denied: (image: string, status: number): string =>
    `the registry of ${image} does not let everybody pull it (${status})`,
  deniedHint:
    'knode pulls without credentials: name a stand-in of its host in artifacts.upstreamHosts, or save it with `docker save` where you are logged in and add the file to artifacts.extra (format: image)',
  unknownScheme: (image: string, scheme: string): string =>
    `the registry of ${image} asks for ${scheme || 'no known'} authentication`,
  notFound: (image: string): string => `there is no image ${image}`,
  notFoundHint: 'check its name and tag; a stand-in named in artifacts.upstreamHosts must hold it as well',
  noBlob: (image: string, digest: string): string =>
    `the registry of ${image} has no blob ${digest}, which the image consists of`,
  registryHint: 'ask who runs the registry, or name another stand-in in artifacts.upstreamHosts',
  badToken: (realm: string): string => `${realm} gave no token`,
  badRealm: (image: string, realm: string): string =>
    `the registry of ${image} wants tokens from '${realm}', which is not https`,

  tooBig: (what: string, bytes: number): string => `${what} is larger than ${bytes} bytes: not a manifest`,
  malformed: (what: string, why: string): string => `${what} is not an image manifest: ${why}`,
  oldSchema: (image: string): string =>
    `${image} has a manifest of schema 1, which has no checksums of its layers' content`,
  oldSchemaHint: 'push it anew with a current tool',
  noPlatform: (image: string, wanted: string, there: readonly string[]): string =>
    `${image} has no ${wanted}; it has ${there.join(', ') || 'no platform at all'}`,
  noPlatformHint: 'choose a version that is built for this architecture',
  notAContainer: (image: string, type: string): string => `${image} is no container image but ${type}`,
  layerType: (image: string, type: string): string => `${image} has a layer of type ${type}`,
  layerTypeHint:
    'docker and containerd of every supported version take plain and gzip-compressed layers: save it with `docker save` and add the file to artifacts.extra (format: image)',
  corrupt: (what: string, got: string, expected: string): string =>
    `${what} is corrupt: its digest is ${got}, expected ${expected}`,
  wrongSize: (what: string, got: number, expected: number): string =>
    `${what} is corrupt: it has ${got} bytes, expected ${expected}`,
  corruptHint: 'what stands between knode and the registry changes bytes, or its storage is damaged; nothing was kept',
} as const;
