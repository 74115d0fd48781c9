import { phrases } from '../../base/catalogue.ts';
/** Messages about S3 servers. The server's own words are appended (`serverWords`). */
export const s3Messages = phrases('object-store/s3/s3-messages', {
  badEndpoint: 'the value of --endpoint-url is not the URL of an S3 server',
  badEndpointHint: 'write http(s)://HOST[:PORT], without a user and a query',
  noCredentials: (place: string): string => `there are no credentials for ${place}`,
  noCredentialsHint:
    'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role gives them: knode asks the AWS SDK’s own chain. To read a public mirror, name its http(s):// URL',
  wrongCredentials: (place: string): string => `${place}: the server does not accept these credentials`,
  wrongCredentialsHint:
    'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the profile), and that they belong to this server (--endpoint-url)',
  unknownKeyHint:
    'the server does not know this key: check AWS_ACCESS_KEY_ID (or the profile), and that it belongs to this server (--endpoint-url)',
  badSignatureHint:
    'the secret does not go with the key: check AWS_SECRET_ACCESS_KEY (or the profile); or a proxy on the way changes requests, or --region is not the server’s',
  suspended: (place: string): string => `${place}: the server has closed the account of these credentials`,
  suspendedHint:
    'no policy helps: ask the provider or the administrator of the server (an unpaid bill, or a suspended user)',
  disabled: (place: string): string => `${place}: the server has disabled all access to it`,
  disabledHint: 'no policy helps: check the bucket’s name, and ask its owner or the provider',
  pathStyle: (place: string): string => `${place}: the server wants the bucket in the host name`,
  pathStyleHint: 'add --no-path-style, and give --endpoint-url without the bucket',
  archived: (place: string): string => `${place}: an object is archived and cannot be read`,
  archivedHint: 'restore it, or keep the mirror in a storage class that is read at once',
  kms: (place: string): string => `${place}: the server cannot use the bucket’s encryption key`,
  kmsHint: 'the key must be enabled, and the credentials need kms:GenerateDataKey to write and kms:Decrypt to read',
  refused: (place: string, action: string): string => `${place}: the server refused to let these credentials ${action}`,
  refusedHint: 'the server’s own word says why; its administrator or provider knows what it wants',
  expired: (place: string): string => `${place}: the credentials have expired`,
  expiredHint: 'get new ones (for example `aws sso login`), and run it again: it goes on where it stopped',
  clock: (place: string): string => `${place}: this machine's clock differs too much from the server's`,
  clockHint: 'set the clock (`timedatectl`), and run it again',
  denied: (place: string, action: string): string => `${place}: these credentials may not ${action}`,
  deniedHints: {
    list: 'allow s3:ListBucket on the bucket',
    read: 'allow s3:GetObject below the prefix',
    write:
      'allow s3:PutObject and s3:AbortMultipartUpload below the prefix; a public or read-only mirror cannot be pushed to',
    remove: 'allow s3:DeleteObject below the prefix',
  },
  actions: { list: 'list the bucket', read: 'read objects', write: 'write objects', remove: 'delete objects' },
  noBucket: (bucket: string, endpoint: string): string => `there is no bucket '${bucket}' at ${endpoint}`,
  noBucketHint: 'create it, or check its name, --endpoint-url and --path-style: knode makes no buckets',
  wrongRegion: (place: string, region: string | undefined): string =>
    region === undefined ? `${place} is in another region` : `${place} is in the region ${region}`,
  wrongRegionHint: (region: string | undefined): string => `give --region ${region ?? 'REGION'} (or set AWS_REGION)`,
  noRegion: 'no region is set',
  noRegionHint: 'give --region, or set AWS_REGION; for a server that is not Amazon’s, give --endpoint-url',
  unreachable: (endpoint: string, why: string): string => `cannot reach ${endpoint}: ${why}`,
  unreachableHint: 'check --endpoint-url and the network',
  noHost: (host: string): string => `cannot reach ${host}: there is no such host`,
  noHostHint: 'check --endpoint-url; if the host begins with the bucket’s name, give --path-style',
  tls: (endpoint: string, why: string): string => `no TLS connection to ${endpoint}: ${why}`,
  tlsHint:
    'for an authority of your own set NODE_EXTRA_CA_CERTS=/path/to/ca.pem; check that the name is the certificate’s',
  notTls: (endpoint: string): string => `${endpoint} does not speak TLS`,
  notTlsHint: 'write http:// instead of https:// in --endpoint-url',
  broke: (endpoint: string, why: string): string => `the connection to ${endpoint} broke again and again: ${why}`,
  brokeHint: 'run it again: it goes on where it stopped',
  busy: (endpoint: string, status: number | undefined, code: string): string =>
    `${endpoint} answered ${status ?? ''} ${code} to every try`.replace('  ', ' '),
  saying: (code: string, message: string): string =>
    message === '' || message === code ? ` (the server says: ${code})` : ` (the server says: ${code}: ${message})`,
  busyHint: 'run it again in a while, it goes on where it stopped; a smaller --concurrency may help',
  full: (place: string): string => `${place}: the server has no room left, or the quota is used up`,
  fullHint:
    'make room (`knode mirror gc` shows what no artifact lock needs), and run it again: it goes on where it stopped',
  notS3: (endpoint: string): string => `${endpoint} does not answer like an S3 server`,
  notS3Hint: 'check --endpoint-url: it must be the S3 API, not a console or a web site',
  other: (place: string): string => `${place}: the server did not do it`,
  otherHint: 'the server refused it; run it again, or look at the server’s log',
});
