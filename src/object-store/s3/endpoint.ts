import { UserMistake } from '../../base/failure.ts';
import { s3Messages } from './messages.ts';

/** Refuses a URL that cannot be that of an S3 server. In its own file, because loading the AWS SDK takes a while. */
export function checkEndpoint(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.username === '' && url.password === '' && url.search === '';
  if (plain && (url.protocol === 'https:' || url.protocol === 'http:')) return;
  const [message, hint] = [s3Messages.badEndpoint, s3Messages.badEndpointHint];
  // The URL is not repeated: it may contain a password.
  throw new UserMistake([{ severity: 'error', code: 'not-an-endpoint', message, hint }]);
}
