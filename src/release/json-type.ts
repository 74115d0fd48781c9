/**
 * The Go types of the configuration fields, as JSON values. Kubernetes decodes strictly by type: with a wrong type the
 * program exits, in every minor.
 */

type Check = (value: unknown) => boolean;

const goDuration = /^[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;

const isString: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isInteger: Check = (value) => Number.isInteger(value);
const isNumber: Check = (value) => typeof value === 'number';
const isDuration: Check = (value) => typeof value === 'string' && goDuration.test(value);

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function arrayOf(item: Check): Check {
  return (value) => Array.isArray(value) && value.every(item);
}

function mapOf(item: Check): Check {
  return (value) => isRecord(value) && Object.values(value).every(item);
}

interface JsonType {
  readonly check: Check;
  /** For people: "a string". */
  readonly words: string;
}

const text: JsonType = { check: isString, words: 'a string' };
const wholeNumber: JsonType = { check: isInteger, words: 'a whole number' };
const number: JsonType = { check: isNumber, words: 'a number' };

const types: Readonly<Record<string, JsonType>> = {
  string: text,
  bool: { check: isBoolean, words: 'true or false' },
  int32: wholeNumber,
  int64: wholeNumber,
  uint32: wholeNumber,
  float32: number,
  float64: number,
  duration: { check: isDuration, words: "a duration such as '30s' or '1h30m'" },
  quantity: { check: (value) => isString(value) || isNumber(value), words: "a quantity such as '100Mi'" },
  object: { check: isRecord, words: 'a map' },
  '[]string': { check: arrayOf(isString), words: 'a list of strings' },
  '[]int32': { check: arrayOf(isInteger), words: 'a list of whole numbers' },
  'map[string]string': { check: mapOf(isString), words: 'a map of strings' },
  'map[string]bool': { check: mapOf(isBoolean), words: 'a map of true or false' },
  'map[string][]string': { check: mapOf(arrayOf(isString)), words: 'a map of lists of strings' },
  /** A list of `{filePattern, verbosity}`. */
  VModuleConfiguration: { check: arrayOf(isRecord), words: 'a list of maps' },
  /** logging.flushFrequency (component-base): the string form is accepted from 1.28. */
  'duration string or integer nanoseconds (integer only before 1.28)': {
    check: (value) => isInteger(value) || isDuration(value),
    words: "a duration such as '5s', or whole nanoseconds",
  },
};

/**
 * The JSON form of a type in the facts. Lists of structs are lists of maps; the remaining types are Go's named strings.
 */
export function jsonType(type: string): JsonType {
  if (type.startsWith('[]')) return types[type] ?? { check: arrayOf(isRecord), words: 'a list of maps' };
  return types[type] ?? text;
}
