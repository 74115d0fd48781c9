import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../release/json-type.ts';
import type { KubernetesRelease } from '../../release/program/kubernetes-release.ts';
import { say } from './messages.ts';
import type { FileProblem } from './problem.ts';

type Plain = Readonly<Record<string, unknown>>;

interface Read {
  /** Documents with content. */
  readonly documents: readonly unknown[];
  readonly problems: readonly FileProblem[];
}

/** Documents of one of the user's own files. The number of aliases is limited, as in the cluster file. */
function readYaml(text: string): Read {
  const parsed = [parseAllDocuments(text, { uniqueKeys: true, prettyErrors: false })].flat();
  const broken = parsed.flatMap(({ errors }) => errors).at(0);
  if (broken !== undefined) {
    const line = text.slice(0, broken.pos[0]).split('\n').length;
    const why = broken.message.split('\n')[0];
    return { documents: [], problems: [say('not-yaml/read-yaml', { line, why })] };
  }
  try {
    const documents = parsed.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
    return { documents: documents.filter((document) => document !== null && document !== undefined), problems: [] };
  } catch {
    return { documents: [], problems: [say('not-yaml/aliases')] };
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Name of an object in the file, for people. */
function nameOf(object: Plain, index: number): string {
  const { name } = isRecord(object.metadata) ? object.metadata : {};
  return isText(object.kind) && isText(name) ? `${object.kind} ${name}` : `document ${index + 1}`;
}

function checkObject(object: unknown, index: number): FileProblem[] {
  if (!isRecord(object)) {
    return [say('manifest-object/check-object', { index })];
  }
  if (isRecord(object) && Array.isArray(object.items) && /List$/.test(String(object.kind)))
    return object.items.flatMap((item) => checkObject(item, index));
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  const lacking = [
    ...(isText(object.apiVersion) ? [] : ['apiVersion']),
    ...(isText(object.kind) ? [] : ['kind']),
    ...(isText(metadata.name) ? [] : ['metadata.name']),
  ];
  if (lacking.length === 0) return [];
  return [say('manifest-object/incomplete', { object: nameOf(object, index), lacking })];
}

/** Checks a manifest: objects for `kubectl apply`. */
export function checkManifest(text: string): readonly FileProblem[] {
  const { documents, problems } = readYaml(text);
  if (problems.length > 0) return problems;
  if (documents.length === 0) return [say('manifest-object/check-manifest')];
  return documents.flatMap(checkObject);
}

/** A single object of a kind that a program reads itself. */
function only(
  text: string,
  kind: string,
  versions: readonly string[],
): { object?: Plain; problems: readonly FileProblem[] } {
  const { documents, problems } = readYaml(text);
  if (problems.length > 0) return { problems };
  const [object] = documents;
  if (documents.length !== 1 || !isRecord(object) || object.kind !== kind)
    return { problems: [say('config-kind', { kind, versions: versions[0] })] };
  if (!versions.includes(String(object.apiVersion))) {
    return {
      problems: [
        say('config-version', { kind, given: JSON.stringify(object.apiVersion), versions: versions.join(' or ') }),
      ],
    };
  }
  return { object, problems: [] };
}

const levels = ['None', 'Metadata', 'Request', 'RequestResponse'];
const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

function strangeStages(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.filter((stage) => !stages.includes(String(stage))) : [];
}

/**
 * k8s.io/apiserver, pkg/apis/audit/validation and pkg/audit/policy/reader.go: kube-apiserver exits on these mistakes.
 */
export function checkAuditPolicy(text: string, kubernetes: KubernetesRelease): readonly FileProblem[] {
  const { object, problems } = only(text, 'Policy', kubernetes.apiVersionsOf('Policy'));
  if (object === undefined) return problems;
  const { rules, omitStages } = object;
  if (!Array.isArray(rules) || rules.length === 0) return [say('audit-policy/check-audit-policy')];
  const found = rules.flatMap((rule, index) => {
    const { level, omitStages: omitted } = isRecord(rule) ? rule : {};
    const bad = levels.includes(String(level))
      ? []
      : [say('audit-policy/found', { index, given: JSON.stringify(level), levels })];
    const unknown = strangeStages(omitted).map((stage) =>
      say('audit-policy/unknown', { index, given: JSON.stringify(stage), stages }),
    );
    return [...bad, ...unknown];
  });
  const all = strangeStages(omitStages).map((stage) =>
    say('audit-policy/all', { given: JSON.stringify(stage), stages }),
  );
  return [...found, ...all];
}

/** cmd/kube-scheduler/app/options/configfile.go: the scheduler exits on another kind or version. */
export function checkSchedulerConfig(text: string, kubernetes: KubernetesRelease): readonly FileProblem[] {
  const kind = 'KubeSchedulerConfiguration';
  return only(text, kind, kubernetes.apiVersionsOf(kind)).problems;
}
