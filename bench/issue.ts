import { randomBytes } from 'node:crypto';
import { systemClock } from '../src/base/clock.ts';
import { applyPki } from '../src/pki/apply.ts';
import { planPki } from '../src/pki/plan.ts';
import { everyNode } from '../src/workflow/pick-nodes.ts';
import { pkiSettings } from '../src/workflow/pki/settings.ts';
import { planNodes } from '../src/workflow/plan-nodes.ts';
import { readClusterFile } from '../src/workflow/read-inputs.ts';

// A process of its own, so that nothing is warm: issues all certificates of a cluster file, prints the milliseconds that took.
const read = readClusterFile(process.argv[2] ?? '').value;
if (read === undefined) throw new Error('the cluster file is not valid');
const certificates = planNodes(read, everyNode(read.cluster)).flatMap((plan) => plan.certificates);
const stored = new Map<string, string>();
const input = {
  authorities: ['kubernetes', 'etcd', 'front-proxy'] as const,
  certificates,
  secrets: [],
  settings: pkiSettings(read),
  stored,
  clock: systemClock,
};
const start = performance.now();
const { entries } = await applyPki(input, planPki(input), randomBytes);
const milliseconds = performance.now() - start;
if (entries.size < certificates.length) throw new Error('not all certificates were issued');
console.log(milliseconds);
