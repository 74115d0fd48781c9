/** The displayable part of a server's error text: its own words, without anything that could open a bucket. */

const longest = 300;
/** A shorter one would match in ordinary words. */
const shortestSecret = 6;

/** Key IDs of Amazon and of compatible servers, signatures, tokens: long runs of characters that are not words. */
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
