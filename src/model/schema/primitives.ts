import * as z from 'zod';
import type { Advice } from '../../base/catalogue.ts';
import { say } from './messages.ts';

// Compiling a parser for each object takes longer than it saves for one cluster file, and so does the search for
// recursive schemas: there are none. Every schema of this room imports this module.
z.config({ jitless: true, memoizer: undefined });

/** Result of a check: the message for the user and, if one can be guessed, the remedy. */
export type Problem = Advice;

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

function matching(pattern: RegExp, words: (value: string) => Problem, meta: TextMeta = {}) {
  return text((value) => (pattern.test(value) ? undefined : words(value)), { pattern: pattern.source, ...meta });
}

export const absolutePath = text(
  (value) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    if (/^(\/[^/\s\u0000-\u001f\u007f]+)+$/.test(value) && !/(^|\/)\.\.?(\/|$)/.test(value)) return undefined;
    return say('invalid-path', { value });
  },
  { pattern: '^(/[^/\\s]+)+$' },
);

/** A Go duration: `1h30m`, `500ms`. */
export const duration = matching(/^(\d+(\.\d+)?(ms|s|m|h))+$/, (value) => say('invalid-duration', { value }));

/** A Go duration in whole hours, for certificate and token life times. */
export const hours = matching(/^[1-9]\d*h$/, (value) => say('invalid-duration/hours', { value }));

/** A Kubernetes resource quantity. */
export const quantity = matching(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, (value) =>
  say('invalid-quantity', { value }),
);

/** An eviction threshold: a quantity or a percentage. */
export const threshold = matching(/^(\d+(\.\d+)?%|\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?)$/, (value) =>
  say('invalid-quantity/threshold', { value }),
);

export const version = matching(/^\d+\.\d+\.\d+$/, (value) => say('invalid-version/number', { value }), {
  pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$',
});

export const httpUrl = matching(/^https?:\/\/[^\s'"\\\p{Cc}]+$/u, (value) => say('invalid-url/http', { value }));

/** `host/path:tag` or with a digest; enough to catch slips, the runtime checks the rest. */
export const image = matching(/^[a-z0-9][a-zA-Z0-9._:@/-]*$/, (value) => say('invalid-image', { value }));

/** The mistake in a text that must be one line. */
export function brokenLine(value: string): Problem | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (!/[\u0000-\u001f\u007f]/.test(value)) return undefined;
  return say('control-character');
}

/** A value on a command line or in a unit: one line, no control characters. */
export const singleLine = text(brokenLine);

/** extraArgs: flag name (without dashes) to value; a list repeats the flag. */
export const extraArgs = z
  .record(
    matching(/^[a-z0-9][a-zA-Z0-9_-]*$/, (value) => say('invalid-flag', { value })),
    z.union([singleLine, z.number(), z.boolean(), z.array(singleLine)]),
  )
  .default({});

export const extraConfig = z.record(z.string(), z.json()).default({});
