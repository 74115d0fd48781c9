import type { IncomingHttpHeaders } from 'node:http';

/** Values for comparison with conditional headers. */
export interface Validators {
  /** Strong, with its quotes. */
  readonly etag: string;
  readonly modified: Date;
}

/** The answer to conditional headers: the file, 304 or 412 (RFC 9110, section 13.2.2, in its order). */
export function checkConditions(headers: IncomingHttpHeaders, { etag, modified }: Validators): 200 | 304 | 412 {
  const match = headers['if-match'];
  if (match !== undefined) {
    // Strong comparison: a weak tag never matches.
    if (!tags(match).some((tag) => tag === '*' || tag === etag)) return 412;
  } else if (isAfter(modified, headers['if-unmodified-since'])) return 412;
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    return tags(noneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag) ? 304 : 200;
  }
  const since = headers['if-modified-since'];
  return since !== undefined && !Number.isNaN(Date.parse(since)) && !isAfter(modified, since) ? 304 : 200;
}

/** Whether a `Range` applies: without `If-Range`, or if `If-Range` names the current file. */
export function rangeStands(ifRange: string | undefined, { etag, modified }: Validators): boolean {
  if (ifRange === undefined) return true;
  return ifRange.includes('"') ? ifRange === etag : Date.parse(ifRange) === seconds(modified) * 1000;
}

/** Tags as written; knode's contain no commas. */
function tags(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

/** HTTP dates have whole seconds. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function isAfter(modified: Date, header: string | undefined): boolean {
  const limit = Date.parse(header ?? '');
  return !Number.isNaN(limit) && seconds(modified) * 1000 > limit;
}
