import { UserMistake } from '../base/failure.ts';
import { type CommandIo, demand, type GlobalOptions, printJson } from '../workflow/io.ts';
import { issue, tellActions } from '../workflow/issue.ts';
import { type NodeChoice, pickNodes } from '../workflow/pick-nodes.ts';
import { planNodes } from '../workflow/plan-nodes.ts';
import { readClusterFile } from '../workflow/read-inputs.ts';

export type PassportOptions = GlobalOptions & Omit<NodeChoice, 'all'>;

/**
 * `knode passport`: the passport of a node as its annotation holds it. For a node that outlives its passport, and is not to be replaced:
 * `kubectl annotate --overwrite node w1 "knode.dev/passport=$(knode passport --node w1)"`. It holds no secret.
 */
export async function passport(options: PassportOptions, io: CommandIo): Promise<void> {
  const read = demand(readClusterFile(options.file), io);
  const plans = planNodes(read, pickNodes(read.cluster, options));
  const passports = plans.flatMap((plan) => plan.passports);
  const [request] = passports;
  if (request === undefined) {
    const message = `${plans[0]?.node.name ?? 'it'} is not a Kubernetes node: it has no passport`;
    const hint = 'masters, workers and pools have one';
    throw new UserMistake([{ severity: 'error', code: 'no-passport', message, hint }]);
  }
  const { materials, actions } = await issue(read, { certificates: [], passports, secrets: [] }, options, io);
  tellActions(actions, options, io);
  const { json, dryRun = false } = options;
  const told = { dryRun, id: request.id, actions };
  if (dryRun) return json ? printJson(told, io) : io.stdout('dry run: nothing was written\n');
  const annotation = Buffer.from(materials.passport(request.id)).toString('base64');
  if (json) printJson({ ...told, annotation }, io);
  else io.stdout(`${annotation}\n`);
}
