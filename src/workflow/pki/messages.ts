import { speaker } from '../../base/catalogue.ts';
import { list } from '../../base/wording.ts';

/** What is wrong, by code. */
export const say = speaker('workflow/pki', {
  'state-not-ours': ({
    isEmpty,
    directory,
    differs,
    other,
    missing,
    name,
  }: {
    isEmpty: boolean;
    directory: string;
    differs: boolean;
    other: readonly string[];
    missing: readonly string[];
    name: string;
  }) => ({
    message: `${isEmpty ? `there is no state in ${directory}` : differs ? `the state in ${directory} has other keys for ${list(other)}` : `the state in ${directory} lacks the keys of ${list(missing)}`}, but the cluster ${name} has its keys already: nodes that run would not trust new ones`,
    hint: `copy the state directory from where it is kept (git leaves it out), or name it: --state DIR. For a trial that no running node meets: --untracked-state. For a cluster from the beginning: --new-state`,
  }),
  'pki-ends-soon/authority-ends': ({ id, ends, adopted }: { id: string; ends: string; adopted: boolean }) => ({
    message: `authority ${id} ${ends}, and every certificate that it issued with it`,
    hint: adopted
      ? `have its owner renew it with the same key, and replace the file that pki.authorities.${id} names`
      : 'knode never replaces it: move the workloads to a new cluster before that day, see docs/pki.md',
  }),
  'pki-ends-soon/leaves-end': ({
    id,
    endText,
    more,
    hint,
  }: {
    id: string | undefined;
    endText: string;
    more: number;
    hint: string;
  }) => ({
    message: `certificate ${id} ${endText}${more === 0 ? '' : `; ${more} more soon after (knode pki list --calendar)`}`,
    hint: hint,
  }),
  'pki-ends-soon/passports-end': ({ id, notAfter, more }: { id: string; notAfter: string; more: number }) => ({
    message: `passport ${id} ${notAfter}${more === 0 ? '' : `; ${more} more soon after`}`,
    hint: 'render and replace the node, or show the new one for it (knode passport), see docs/security.md',
  }),
});
