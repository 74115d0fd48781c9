import { speaker } from '../base/catalogue.ts';
import { list, suggest } from '../base/wording.ts';

/** What is wrong, by code. */
export const say = speaker('commands', {
  'image-exists': ({ image, path }: { image: string; path: string }) => ({
    message: `${image} was made already: ${path}`,
    hint: 'the same inputs make the same image; to have newer packages in it, take the old one away or give another -o',
  }),
  'unknown-preset': ({
    preset,
    near,
    presets,
  }: {
    preset: string;
    near: string | undefined;
    presets: readonly string[];
  }) => ({ message: `there is no preset '${preset}'`, hint: suggest(near, `presets: ${list(presets)}`) }),
  'file-exists': ({ path }: { path: string }) => ({
    message: `${path} is there already`,
    hint: 'init writes only new files: choose another folder or -f',
  }),
  'invalid-user': ({ name }: { name: string }) => ({
    message: `'${name}' cannot be the user of a kubeconfig`,
    hint: "use at most 58 letters, digits, '@', '_', '.' and '-', for example --user jane@example.com",
  }),
  'invalid-group': ({ group }: { group: string }) => ({
    message: `'${group}' cannot be a group`,
    hint: 'use 1 to 64 characters, for example --group devs',
  }),
  'read-only-mirror': ({ text }: { text: string }) => ({
    message: `${text} can only be read`,
    hint: 'name the bucket (s3://…) or the folder behind it',
  }),
  'not-a-bucket/only-s3': ({ text }: { text: string }) => ({
    message: `'${text}' has nothing to sign for`,
    hint: 'name s3://BUCKET/PREFIX; http(s):// URLs and folders need no signature',
  }),
  'not-an-expiry': ({ text }: { text: string }) => ({
    message: `'${text}' is not a time that URLs can be good for`,
    hint: 'write seconds, minutes, hours or days, for example 900s, 30m, 6h or 2d; at most 7d',
  }),
  'not-a-bucket/push': ({ text }: { text: string }) => ({
    message: `'${text}' is not a bucket to push to`,
    hint: 'name s3://BUCKET/PREFIX; a folder is filled by `knode mirror pull -o DIR`, or by copying one',
  }),
  'not-a-mirror/no-index': ({ folder }: { folder: string }) => ({
    message: `${folder} is not a mirror: it has no index.json`,
    hint: 'fill it with `knode mirror pull -o DIR`, or name another folder with -i',
  }),
  'not-a-mirror/serve': ({ folder }: { folder: string }) => ({
    message: `${folder} is not a mirror: it has no index.json`,
    hint: 'fill it with `knode mirror pull -o DIR`, which writes the index',
  }),
  'no-passport': ({ name }: { name: string | undefined }) => ({
    message: `${name ?? 'it'} is not a Kubernetes node: it has no passport`,
    hint: 'masters, workers and pools have one',
  }),
  'invalid-duration': ({ text }: { text: string }) => ({
    message: `'${text}' is not a span of time`,
    hint: 'write days or hours, for example 60d or 1440h',
  }),
  'no-bootstrap-token': ({ method }: { method: string }) => ({
    message: `this cluster joins nodes by ${method === 'token-file' ? 'a token file, which does not expire' : 'certificates in their names'}: there is no token`,
    hint:
      method === 'token-file'
        ? 'kubernetes.bootstrap.method: token-secret uses tokens that do'
        : 'render a node to get its credential; kubernetes.bootstrap.method: token-secret uses tokens',
  }),
});
