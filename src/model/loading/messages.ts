import { phrases, speaker } from '../../base/catalogue.ts';
import { type DataPath, formatPath } from '../../base/diagnostic.ts';

/** What is wrong with a file as a whole, or with its YAML. */
export const say = speaker('model/loading', {
  'file-too-large': ({ bytes, limit }: { bytes: number; limit: number }) => ({
    message: `the file has ${bytes} bytes; a cluster file has at most ${limit}`,
    hint: 'is it a cluster file?',
  }),
  'not-utf8': { message: 'the file is not UTF-8', hint: 'save it as UTF-8, or convert it: iconv -t utf-8' },
  'key-twice': ({
    older,
    newer,
    newer2,
    older2,
  }: {
    older: DataPath;
    newer: DataPath;
    newer2: string;
    older2: string;
  }) => ({
    message: `'${formatPath(older)}' is the older name of '${formatPath(newer)}', and the file has both`,
    hint: `write all of it under ${newer2}, and remove ${older2}`,
  }),
  'not-a-map/empty': { message: 'the file is empty', hint: 'knode init writes one to begin with' },
  'several-documents': {
    message: 'the file holds several YAML documents',
    hint: "keep one, and remove the '---' before it",
  },
  'not-a-map': ({ apiVersion }: { apiVersion: string }) => ({
    message: 'the file must hold one YAML mapping',
    hint: `begin with apiVersion: ${apiVersion}`,
  }),
  'yaml-aliases': { message: 'anchors and aliases expand to too many values', hint: 'write the values out' },
  'yaml-anchor': ({ name }: { name: string }) => ({
    message: `there is no anchor '${name}'`,
    hint: `define it before with &${name}, or put the value in quotes`,
  }),
  'yaml-too-deep': {
    message: 'the file nests mappings and lists too deeply',
    hint: 'is a bracket never closed? A cluster file has fewer than twenty levels',
  },
});

/** What to do about a mistake of the YAML library's own. */
export const yamlHints = phrases('model/yaml', {
  DUPLICATE_KEY: 'keep one of them',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'align it with its neighbours',
  BAD_ALIAS: 'define the anchor before it is used',
  MULTILINE_IMPLICIT_KEY: "is a ':' missing behind it, or is the next line indented too far?",
  BLOCK_AS_IMPLICIT_KEY: "put a value that holds ': ' in quotes; indent a mapping on lines of its own",
  UNEXPECTED_TOKEN: 'put the whole value in quotes, or remove what is left over',
  BAD_SCALAR_START: 'put the value in quotes',
  BAD_DQ_ESCAPE: 'double the backslash, or use single quotes',
  NON_STRING_KEY: 'write it as a plain word',
});
