/**
 * URLs that carry a secret: a login (`https://user:password@host`), or a query, which may be a signature (a presigned
 * URL, an Azure SAS token). Only the program that uses it gets such a URL; people see `openUrl`.
 */

const parts = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/?#]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s;

export function isSecretUrl(url: string): boolean {
  const [, , login, , , query] = parts.exec(url) ?? [];
  return login !== undefined || query !== undefined;
}

/** Whether a text holds a URL with a user, with or without a password. */
export function holdsLogin(text: string): boolean {
  return /[A-Za-z0-9+.-]:\/\/[^\s/?#'"]*@/.test(text);
}

/** The URL without login, query and fragment, for everyone to see. */
export function openUrl(url: string): string {
  const [, scheme = '', , host = '', path = ''] = parts.exec(url) ?? [];
  return scheme === '' ? url : `${scheme}${host}${path}`;
}

/**
 * Patterns begin at `://`, not at the scheme: otherwise a long line of letters would be scanned from each of its
 * letters.
 */

/** A password with an unescaped '/', '?' or '#'. The text after the colon is not a port. */
const malformedLogin = /(:\/\/)([^\s/?#'"@:]*:(?!\d+(?:[/?#]|$))[^\s'"]*)@/g;

/** The text with stars for the login and query of each URL, one per character, so that columns stay the same. */
export function maskedText(text: string): string {
  const stars = (secret: string) => '*'.repeat(secret.length);
  return text
    .replace(malformedLogin, (_, scheme, login) => `${scheme}${stars(login)}@`)
    .replace(/(:\/\/)([^\s/?#'"]*)@/g, (_, before, login) => `${before}${stars(login)}@`)
    .replace(/(:\/\/[^\s?#'"]*)\?([^\s'"]*)/g, (_, before, query) => `${before}?${stars(query)}`);
}
