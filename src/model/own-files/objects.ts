import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../release/json-type.ts';
import type { KubernetesRelease } from '../../release/program/kubernetes-release.ts';
import { type FileProblem, problem } from './problem.ts';

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
    return { documents: [], problems: [problem('not-yaml', `line ${line} is no YAML: ${why}`, 'correct the file')] };
  }
  try {
    const documents = parsed.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
    return { documents: documents.filter((document) => document !== null && document !== undefined), problems: [] };
  } catch {
    const hint = 'write the parts out';
    return { documents: [], problems: [problem('not-yaml', 'its aliases make too much of it', hint)] };
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
    const message = `document ${index + 1} is no Kubernetes object`;
    return [problem('manifest-object', message, 'an object has apiVersion, kind and metadata')];
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
  const message = `${nameOf(object, index)} has no ${lacking.join(', ')}: it cannot be applied`;
  return [problem('manifest-object', message, `add ${lacking.join(', ')}`)];
}

/** Checks a manifest: objects for `kubectl apply`. */
export function checkManifest(text: string): readonly FileProblem[] {
  const { documents, problems } = readYaml(text);
  if (problems.length > 0) return problems;
  if (documents.length === 0)
    return [problem('manifest-object', 'there is no object in it', 'name a manifest, or remove the entry')];
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
  const wanted = `apiVersion: ${versions[0]}, kind: ${kind}`;
  if (documents.length !== 1 || !isRecord(object) || object.kind !== kind)
    return { problems: [problem('config-kind', `it is no ${kind}`, `begin with ${wanted}`)] };
  if (!versions.includes(String(object.apiVersion))) {
    const message = `${kind} has apiVersion ${JSON.stringify(object.apiVersion)}, which the version does not take`;
    return { problems: [problem('config-version', message, `write apiVersion: ${versions.join(' or ')}`)] };
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
  if (!Array.isArray(rules) || rules.length === 0)
    return [problem('audit-policy', 'the policy has no rules', 'add rules: [{level: Metadata}]')];
  const found = rules.flatMap((rule, index) => {
    const { level, omitStages: omitted } = isRecord(rule) ? rule : {};
    const bad = levels.includes(String(level))
      ? []
      : [
          problem(
            'audit-policy',
            `rule ${index + 1} has the level ${JSON.stringify(level)}`,
            `levels: ${levels.join(', ')}`,
          ),
        ];
    const unknown = strangeStages(omitted).map((stage) =>
      problem(
        'audit-policy',
        `rule ${index + 1} omits the stage ${JSON.stringify(stage)}`,
        `stages: ${stages.join(', ')}`,
      ),
    );
    return [...bad, ...unknown];
  });
  const all = strangeStages(omitStages).map((stage) =>
    problem('audit-policy', `the policy omits the stage ${JSON.stringify(stage)}`, `stages: ${stages.join(', ')}`),
  );
  return [...found, ...all];
}

/** cmd/kube-scheduler/app/options/configfile.go: the scheduler exits on another kind or version. */
export function checkSchedulerConfig(text: string, kubernetes: KubernetesRelease): readonly FileProblem[] {
  const kind = 'KubeSchedulerConfiguration';
  return only(text, kind, kubernetes.apiVersionsOf(kind)).problems;
}
