import { UserMistake } from '../base/failure.ts';
import { storeMessages } from './messages.ts';

/** The place of a mirror, as the user names it. */
export type Location =
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'folder'; readonly path: string };

/** Parses `s3://BUCKET[/PREFIX]`, `http(s)://…` or a folder's path. A prefix ends with `/`, or is empty. */
export function parseLocation(text: string): Location {
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]+):\/\//.exec(text) ?? [];
  if (scheme === undefined) return { kind: 'folder', path: text };
  if (scheme === 's3') return s3Location(text);
  if (scheme === 'http' || scheme === 'https') return httpLocation(text);
  throw mistake(storeMessages.unknownScheme(text), storeMessages.locationHint);
}

function s3Location(text: string): Location {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/.exec(text) ?? [];
  // Amazon's rules; Ceph and others also accept capitals and underscores in old buckets.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket) || bucket.includes('..'))
    throw mistake(storeMessages.badBucket(text), storeMessages.badBucketHint);
  const prefix = path.replace(/\/+$/, '');
  if (
    prefix !== '' &&
    !prefix.split('/').every((step) => /^[A-Za-z0-9!_.*'()=+@,~-]+$/.test(step) && !/^\.+$/.test(step))
  )
    throw mistake(storeMessages.badPrefix(text), storeMessages.badPrefixHint);
  return { kind: 's3', bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

function httpLocation(text: string): Location {
  if (!URL.canParse(text)) throw mistake(storeMessages.badUrl(text), storeMessages.locationHint);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw mistake(storeMessages.urlExtras(`${url.origin}${url.pathname}`), storeMessages.urlExtrasHint);
  return { kind: 'http', url: url.href.replace(/\/*$/, '/') };
}

function mistake(message: string, hint: string): UserMistake {
  return new UserMistake([{ severity: 'error', code: 'not-a-mirror-location', message, hint }]);
}
