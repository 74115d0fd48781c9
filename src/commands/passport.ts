import { mistake } from '../base/failure.ts';
import { type NodeChoice, pickNodes } from '../workflow/pick-nodes.ts';
import { issue, tellActions } from '../workflow/pki/issue.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from './io.ts';
import { say } from './messages.ts';

export type PassportOptions = GlobalOptions & Omit<NodeChoice, 'all'>;

/**
 * `knode passport`: the passport of a node in the form of its annotation. For a node that outlives its passport and
 * should not be replaced: `kubectl annotate --overwrite node w1 "knode.dev/passport=$(knode passport --node w1)"`. It
 * is not secret.
 */
export async function passport(options: PassportOptions, io: CommandIo): Promise<void> {
  const session = begin(options, io);
  const plans = session.plans(pickNodes(session.read.cluster, options));
  const passports = plans.flatMap((plan) => plan.passports);
  const [request] = passports;
  if (request === undefined) {
    throw mistake(say('no-passport', { name: plans[0]?.node.name }));
  }
  const { materials, actions } = await issue(session, { certificates: [], passports, secrets: [] });
  tellActions(actions, session);
  const { json, dryRun = false } = options;
  const told = { dryRun, id: request.id, actions };
  if (dryRun) return json ? printJson(told, io) : io.stdout('dry run: nothing was written\n');
  const annotation = Buffer.from(materials.passport(request.id)).toString('base64');
  if (json) printJson({ ...told, annotation }, io);
  else io.stdout(`${annotation}\n`);
}
