import { phrases } from '../base/catalogue.ts';
/** Messages about presigned URLs. They never contain a URL: everybody who has one may fetch. */
export const presignMessages = phrases('mirror/presign/presign-messages', {
  unreadable: (file: string, code: string | undefined): string => `cannot read the presigned URLs in ${file} (${code})`,
  notJson: (file: string): string => `${file} is not JSON`,
  broken: (file: string, where: string | undefined): string =>
    `${file} is not a file of presigned URLs${where === undefined ? '' : `: '${where}' is wrong`}`,
  lacking: (file: string, labels: readonly string[]): string => `${file} has no URL for ${labels.join(', ')}`,
  expired: (file: string, expires: string): string => `the URLs in ${file} ended at ${expires}`,
  hint: 'make it with `knode mirror presign s3://BUCKET/PREFIX --expires 6h -o FILE`, from the same lock',
  until: (expires: string): string => `nodes can fetch their programs until ${expires}: the URLs are presigned`,
  untilHint:
    'boot them before, and treat the user-data as a secret; a node that boots for the first time after that waits for a new one',
  signed: (count: number, file: string, expires: string): string =>
    `wrote ${count} URLs to ${file}, good until ${expires}; knode render --presigned ${file} puts them on nodes`,
  credentialsEnd: (end: string): string => `the credentials end at ${end}, and the URLs with them`,
  credentialsEndHint: 'sign with credentials that live longer, or boot the nodes before',
});
