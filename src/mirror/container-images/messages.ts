import { phrases, speaker } from '../../base/catalogue.ts';
/** Messages about images: answers of registries, and requirements for images. */
export const imageMessages = phrases('mirror/images/image-messages', {
  denied: (image: string, status: number): string =>
    `the registry of ${image} does not let everybody pull it (${status})`,
  unknownScheme: (image: string, scheme: string): string =>
    `the registry of ${image} asks for ${scheme || 'no known'} authentication`,
  noBlob: (image: string, digest: string): string =>
    `the registry of ${image} has no blob ${digest}, which the image consists of`,
  badToken: (realm: string): string => `${realm} gave no token`,
  badRealm: (image: string, realm: string): string =>
    `the registry of ${image} wants tokens from '${realm}', which is not https`,

  tooBig: (what: string, bytes: number): string => `${what} is larger than ${bytes} bytes: not a manifest`,
  malformed: (what: string, why: string): string => `${what} is not an image manifest: ${why}`,
  corrupt: (what: string, got: string, expected: string): string =>
    `${what} is corrupt: its digest is ${got}, expected ${expected}`,
  wrongSize: (what: string, got: number, expected: number): string =>
    `${what} is corrupt: it has ${got} bytes, expected ${expected}`,
});

/** What is wrong, by code. */
export const say = speaker('mirror/images', {
  'image-schema': ({ image }: { image: string }) => ({
    message: `${image} has a manifest of schema 1, which has no checksums of its layers' content`,
    hint: 'push it anew with a current tool',
  }),
  'image-type': ({ image, type }: { image: string; type: string }) => ({
    message: `${image} is no container image but ${type}`,
    hint: 'check its name and tag; a stand-in named in artifacts.upstreamHosts must hold it as well',
  }),
  'image-layer': ({ image, type }: { image: string; type: string }) => ({
    message: `${image} has a layer of type ${type}`,
    hint: 'docker and containerd of every supported version take plain and gzip-compressed layers: save it with `docker save` and add the file to artifacts.extra (format: image)',
  }),
  'image-platform': ({ image, wanted, there }: { image: string; wanted: string; there: readonly string[] }) => ({
    message: `${image} has no ${wanted}; it has ${there.join(', ') || 'no platform at all'}`,
    hint: 'choose a version that is built for this architecture',
  }),
  'image-reference': ({ text }: { text: string }) => ({
    message: `'${text}' is not an image with a tag`,
    hint: 'write registry/name:tag, for example registry.k8s.io/pause:3.10',
  }),
  'registry-stand-in': ({ host, standIn }: { host: string; standIn: string }) => ({
    message: `'${standIn}', the stand-in of ${host}, is not an http(s) URL or a host`,
    hint: 'write https://host, https://host/path or a bare host',
  }),
  'image-denied/denied': ({ image, status }: { image: string; status: number }) => ({
    message: `the registry of ${image} does not let everybody pull it (${status})`,
    hint: 'knode pulls without credentials: name a stand-in of its host in artifacts.upstreamHosts, or save it with `docker save` where you are logged in and add the file to artifacts.extra (format: image)',
  }),
  'image-not-found': ({ image }: { image: string }) => ({
    message: `there is no image ${image}`,
    hint: 'check its name and tag; a stand-in named in artifacts.upstreamHosts must hold it as well',
  }),
  'image-denied/fetch-token': ({ image, scheme }: { image: string; scheme: string }) => ({
    message: `the registry of ${image} asks for ${scheme || 'no known'} authentication`,
    hint: 'knode pulls without credentials: name a stand-in of its host in artifacts.upstreamHosts, or save it with `docker save` where you are logged in and add the file to artifacts.extra (format: image)',
  }),
  'image-corrupt': ({ message }: { message: string }) => ({
    message,
    hint: 'what stands between knode and the registry changes bytes, or its storage is damaged; nothing was kept',
  }),
  'registry-answer': ({ message }: { message: string }) => ({
    message,
    hint: 'ask who runs the registry, or name another stand-in in artifacts.upstreamHosts',
  }),
});
