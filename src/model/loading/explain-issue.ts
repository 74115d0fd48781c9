import type * as z from 'zod';
import type { Advice } from '../../base/catalogue.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { tellFirst } from '../../base/most-told.ts';
import { nearest } from '../../base/nearest.ts';
import { locate, type YamlSource } from '../../base/yaml/positions.ts';
import { messages, say } from '../messages.ts';
import { clusterFileSchema } from '../schema/cluster-file.ts';
import { olderKeys } from '../schema/synonyms.ts';
import { describeAt, keysAt, mayBeAbsent, schemaAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;
type Path = (string | number)[];

/** Converts a finding of zod into a diagnostic with its place in the text. */
export function explainIssue(issue: Issue, source: YamlSource): Diagnostic[] {
  const path = steps(issue);
  switch (issue.code) {
    case 'unrecognized_keys':
      return tellFirst(issue.keys, (key) => unknownKey(key, path, source));
    case 'invalid_key': {
      const inner = issue.issues[0];
      return inner
        ? [{ severity: 'error', ...describe(inner, path, ''), path, span: locate(source, path, 'key') }]
        : [];
    }
    case 'invalid_union':
      return explainUnion(issue, path, source);
    default: {
      const span = locate(source, path);
      return [{ severity: 'error', ...describe(issue, path, source.text.slice(span.start, span.end)), path, span }];
    }
  }
}

function steps(issue: Issue): Path {
  return issue.path.filter((step) => typeof step !== 'symbol');
}

/** Explains the alternative that matched furthest; if none matched at all, lists the valid ones. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, source: YamlSource): Diagnostic[] {
  const found = issue.errors.flat();
  const meant = found.find((inner) => inner.code === 'custom') ?? found.find((inner) => inner.path.length > 0);
  if (meant !== undefined) return explainIssue({ ...meant, path: [...path, ...meant.path] } as Issue, source);
  if (issue.input === null) return [noValue(path, source)];
  const expected = found.flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : []));
  return [
    {
      severity: 'error',
      ...say('wrong-type/explain-union', { path, expected, got: issue.input, about: about(path) }),
      path,
      span: locate(source, path),
    },
  ];
}

function noValue(path: Path, source: YamlSource): Diagnostic {
  return { severity: 'error', ...describeNull(path), path, span: locate(source, path) };
}

function unknownKey(key: string, path: Path, source: YamlSource): Diagnostic {
  const keys = keysAt(clusterFileSchema, path);
  const near = nearest(key, [...keys, ...olderKeys(path)]);
  return {
    severity: 'error',
    ...say('unknown-key', { key, parent: path, near, keys, word: near }),
    path: [...path, key],
    span: locate(source, [...path, key], 'key'),
  };
}

/** The schema's description, if it says more than the key's name. */
function about(path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const text = describeAt(clusterFileSchema, path.slice(0, length));
    if (text !== undefined) return /\S\s+\S/.test(text) ? text : messages.seeReference;
  }
  return messages.seeReference;
}

/** @param written the value as written in the text. */
function describe(issue: Issue, path: Path, written: string): Advice {
  switch (issue.code) {
    case 'custom': {
      const params = issue.params as Partial<Advice> | undefined;
      const { code = 'invalid-value', hint = about(path), parameters = {} } = params ?? {};
      return { code, message: issue.message, hint, parameters };
    }
    case 'invalid_type':
      if (issue.input === undefined) return say('missing/missing', { path, about: about(path) });
      if (issue.input === null) return describeNull(path);
      return describeType(issue.expected, issue.input, path, written);
    case 'invalid_value':
      return describeChoice(issue, path);
    case 'too_small':
      return say('out-of-range/too-small', { path, minimum: issue.minimum, what: issue.origin, about: about(path) });
    case 'too_big':
      return say('out-of-range/too-big', { path, maximum: issue.maximum, what: issue.origin, about: about(path) });
    default:
      return say('invalid-value/invalid', { path, why: issue.message, about: about(path) });
  }
}

function describeNull(path: Path): Advice {
  const hint = mayBeAbsent(clusterFileSchema, path) ? messages.giveOrLeave : about(path);
  return say('missing/no-value', { path, hint });
}

/** `0644` and `1.36` are numbers in YAML: explains what is wrong with them as texts, or that quotes make them texts. */
function describeType(expected: string, input: unknown, path: Path, written: string): Advice {
  const schema = schemaAt(clusterFileSchema, path);
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    const asText = schema?._zod.run({ value: written, issues: [] }, {}) as z.core.ParsePayload | undefined;
    const issue = asText?.issues[0] as Issue | undefined;
    return issue === undefined
      ? say('wrong-type/wrong-type', { path, expected: [expected], got: input, written })
      : describe(issue, path, written);
  }
  const keys = expected === 'object' ? keysAt(clusterFileSchema, path) : [];
  const hint = keys.length > 0 ? messages.knownKeys(keys) : about(path);
  return say('wrong-type/other', { path, expected: [expected], got: input, hint });
}

function describeChoice(issue: z.core.$ZodIssueInvalidValue, path: Path): Advice {
  const values = issue.values.map(String);
  if (issue.input === undefined) {
    return say('missing/choice', { path, length: values.length, values, about: about(path) });
  }
  if (issue.input === null) return describeNull(path);
  const near = nearest(String(issue.input), values);
  const hint = near === undefined ? about(path) : messages.didYouMean(near);
  return say('invalid-value/not-one-of', { path, values, hint });
}
