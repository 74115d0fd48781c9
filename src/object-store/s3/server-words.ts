/** What a server says of an error, as it may be shown: its own words, and nothing that could open a bucket. */

const longest = 300;
/** A shorter one would be found in every word. */
const shortestSecret = 6;

/** Key IDs of Amazon and of those who copied them, signatures, tokens: long runs of characters that are no words. */
const secretLike = /\b(AKIA|ASIA|LTAI|AKLT)[A-Za-z0-9]{12,}|[A-Za-z0-9+=]{40,}/g;

/**
 * The text of a server on one line, without control characters and without credentials.
 * @param secrets the client's own credentials: some servers repeat them.
 */
export function serverWords(text: string, secrets: readonly string[] = []): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const masked = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .reduce((masking, secret) => masking.replaceAll(secret, '…'), plain)
    .replace(secretLike, '…');
  return masked.length > longest ? `${masked.slice(0, longest)}…` : masked;
}
