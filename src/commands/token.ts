import { basename, dirname } from 'node:path';
import { UserMistake } from '../base/failure.ts';
import { replaceFiles } from '../base/files/write-tree.ts';
import { tokenSecret } from '../component/worker/kubelet-bootstrap.ts';
import { fillSecrets } from '../render/render-plan.ts';
import { yamlText } from '../render/structured.ts';
import { issue, tellActions } from '../workflow/pki/issue.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from './io.ts';
import { say } from './messages.ts';

export interface TokenOptions extends GlobalOptions {
  /** The file for the Secret. */
  readonly output?: string;
}

/**
 * `knode token`: the bootstrap token of newly rendered nodes, as the Secret that makes running API servers accept it.
 * Needed if nodes join after the token of the masters' render has expired. `--json` prints the Secret's name and end,
 * but not its content.
 */
export async function token(options: TokenOptions, io: CommandIo): Promise<void> {
  const session = begin(options, io);
  const { cluster } = session.read;
  const { method } = cluster.spec.kubernetes.bootstrap;
  const [plan] = session.plans(cluster.masters.slice(0, 1));
  // The token shows that a cluster exists: the founding right begins with it, as with a render.
  const secrets = plan?.secrets.filter(({ type }) => type === 'bootstrap-token' || type === 'founding-right') ?? [];
  if (!secrets.some(({ type }) => type === 'bootstrap-token')) {
    throw new UserMistake([
      {
        severity: 'error',
        ...say('no-bootstrap-token', { method }),
      },
    ]);
  }
  const { materials, actions } = await issue(session, { certificates: [], secrets });
  tellActions(actions, session);
  const { output, json, dryRun = false } = options;
  const told = { dryRun, cluster: cluster.name, output: output ?? null, actions };
  if (dryRun) return json ? printJson(told, io) : io.stdout('dry run: nothing was written\n');
  const secret = fillSecrets(tokenSecret(), materials) as FilledSecret;
  const text = yamlText([secret]);
  if (output !== undefined) replaceFiles(dirname(output), [{ path: basename(output), content: text, mode: '0600' }]);
  const { metadata, stringData } = secret;
  if (json) printJson({ ...told, secret: { ...metadata, expires: stringData.expiration } }, io);
  else if (output === undefined) io.stdout(text);
}

/** The part of the Secret for `--json`. */
interface FilledSecret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly stringData: { readonly expiration: string };
}
