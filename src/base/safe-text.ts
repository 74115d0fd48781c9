/**
 * Characters allowed in names, versions, keys, members and URLs. These become paths in a mirror and on nodes, and
 * fields of the list that the fetch script reads as root. Therefore no `..`, no blanks, no control characters, nothing
 * that a shell expands.
 */

const segment = /^[A-Za-z0-9][A-Za-z0-9._+~-]*$/;

export function isArtifactName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text);
}

export function isArtifactVersion(text: string): boolean {
  return text.length <= 64 && segment.test(text) && !text.includes('..');
}

/** A relative path with `/` and no `.` or `..` step: a key below a mirror's base URL, or a member of an archive. */
export function isRelativePath(text: string): boolean {
  return text.length <= 512 && text.split('/').every((step) => segment.test(step) && !step.includes('..'));
}

export function isAbsolutePath(text: string): boolean {
  return text.startsWith('/') && isRelativePath(text.slice(1));
}

/** An http(s) URL without user and password: the file is for review. */
export function isPlainUrl(text: string): boolean {
  const match = /^https?:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?\/([A-Za-z0-9._~%!$&()*+,;=:@/?-]+)$/.exec(
    text,
  );
  const path = (match?.[3] ?? '..').replace(/%2e/gi, '.').replace(/%2f/gi, '/');
  return URL.canParse(text) && !path.split(/[/?]/).some((step) => step === '..' || step === '.');
}
