import * as z from 'zod';

// Compiling a parser for each object takes longer than it saves for one cluster file, and so does the search for
// recursive schemas: there are none. Every schema of this room imports this module.
z.config({ jitless: true, memoizer: undefined });

/** Result of a check: the message for the user and, if one can be guessed, the remedy. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** JSON Schema keywords and documentation of a text. */
interface TextMeta {
  readonly description?: string;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
}

/**
 * A string with one check whose failure carries a code and a remedy (zod's own string checks carry neither).
 * `meta.pattern` is the same check for editors.
 */
export function text(check: (value: string) => Problem | undefined, meta: TextMeta = {}) {
  return z
    .string()
    .check((ctx) => {
      const problem = check(ctx.value);
      if (problem === undefined) return;
      const { message, ...params } = problem;
      ctx.issues.push({ code: 'custom', input: ctx.value, message, params });
    })
    .meta(meta as Record<string, unknown>);
}

function matching(pattern: RegExp, code: string, what: string, hint: string, meta: TextMeta = {}) {
  return text((value) => (pattern.test(value) ? undefined : { code, message: `'${value}' is not ${what}`, hint }), {
    pattern: pattern.source,
    ...meta,
  });
}

export const absolutePath = text(
  (value) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    if (/^(\/[^/\s\u0000-\u001f\u007f]+)+$/.test(value) && !/(^|\/)\.\.?(\/|$)/.test(value)) return undefined;
    const hint = "write an absolute path without '..', a trailing '/' or white space, for example /data/etcd";
    return { code: 'invalid-path', message: `'${value}' is not an absolute path`, hint };
  },
  { pattern: '^(/[^/\\s]+)+$' },
);

/** A Go duration: `1h30m`, `500ms`. */
export const duration = matching(
  /^(\d+(\.\d+)?(ms|s|m|h))+$/,
  'invalid-duration',
  'a duration',
  'write a number with a unit of h, m, s or ms, for example 24h',
);

/** A Go duration in whole hours, for certificate and token life times. */
export const hours = matching(
  /^[1-9]\d*h$/,
  'invalid-duration',
  'a number of hours',
  'write whole hours, for example 8760h for one year',
);

/** A Kubernetes resource quantity. */
export const quantity = matching(
  /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
  'invalid-quantity',
  'a quantity',
  'write a number with a unit, for example 500m, 512Mi or 1Gi',
);

/** An eviction threshold: a quantity or a percentage. */
export const threshold = matching(
  /^(\d+(\.\d+)?%|\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?)$/,
  'invalid-quantity',
  'a threshold',
  'write a quantity or a percentage, for example 200Mi or 10%',
);

export const version = matching(
  /^\d+\.\d+\.\d+$/,
  'invalid-version',
  'a version',
  "write major.minor.patch without 'v', for example 1.36.3",
  {
    pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$',
  },
);

export const httpUrl = matching(
  /^https?:\/\/[^\s'"\\\p{Cc}]+$/u,
  'invalid-url',
  'an http(s) URL',
  'write it with its scheme, for example https://mirror.example.com/knode',
);

/** `host/path:tag` or with a digest; enough to catch slips, the runtime checks the rest. */
export const image = matching(
  /^[a-z0-9][a-zA-Z0-9._:@/-]*$/,
  'invalid-image',
  'an image reference',
  'write registry/name:tag or registry/name@sha256:…',
);

/** The mistake in a text that must be one line. */
export function brokenLine(value: string): Problem | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (!/[\u0000-\u001f\u007f]/.test(value)) return undefined;
  return {
    code: 'control-character',
    message: 'the value has a line break or another control character',
    hint: 'write it on one line',
  };
}

/** A value on a command line or in a unit: one line, no control characters. */
export const singleLine = text(brokenLine);

/** extraArgs: flag name (without dashes) to value; a list repeats the flag. */
export const extraArgs = z
  .record(
    matching(
      /^[a-z0-9][a-zA-Z0-9_-]*$/,
      'invalid-flag',
      'a flag name',
      "write the name without leading dashes, for example 'v'",
    ),
    z.union([singleLine, z.number(), z.boolean(), z.array(singleLine)]),
  )
  .default({});

export const extraConfig = z.record(z.string(), z.json()).default({});
