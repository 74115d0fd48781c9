/**
 * URLs that carry a secret: a login (`https://user:password@host`), or a query, which may be a signature (a presigned URL, an Azure
 * SAS token). Such a URL goes to the program that uses it and nowhere else; people see `openUrl`.
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

/** The URL as everybody may see it: without login, query and fragment. */
export function openUrl(url: string): string {
  const [, scheme = '', , host = '', path = ''] = parts.exec(url) ?? [];
  return scheme === '' ? url : `${scheme}${host}${path}`;
}

/*
 * Patterns begin at `://`, not at the scheme: a long line of letters would be read from each of them.
 */

/** A password with '/', '?' or '#' in it, which should have been escaped. What follows the colon is no port. */
const malformedLogin = /(:\/\/)([^\s/?#'"@:]*:(?!\d+(?:[/?#]|$))[^\s'"]*)@/g;

/** A text for everybody: login and query of each URL are stars, as many as there were characters, so that columns stay. */
export function maskedText(text: string): string {
  const stars = (secret: string) => '*'.repeat(secret.length);
  return text
    .replace(malformedLogin, (_, scheme, login) => `${scheme}${stars(login)}@`)
    .replace(/(:\/\/)([^\s/?#'"]*)@/g, (_, before, login) => `${before}${stars(login)}@`)
    .replace(/(:\/\/[^\s?#'"]*)\?([^\s'"]*)/g, (_, before, query) => `${before}?${stars(query)}`);
}
