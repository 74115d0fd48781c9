import { say } from './messages.ts';
import { error, type Finding, type Rule, warning } from './rule.ts';

/**
 * Leaves end up to a twentieth of their life early, so that they do not all end in the same hour: renewal must come
 * well before that.
 */
const renewableShare = 0.9;
/** Nodes that are added a year later still get certificates of full length. */
const yearHours = 365 * 24;

export const pkiLifetimes: Rule = ({ spec }) => {
  const { caValidity, certificateValidity, renewBefore } = spec.pki;
  const [authority, leaf, early] = [caValidity, certificateValidity, renewBefore].map((text) =>
    Number.parseInt(text, 10),
  ) as [number, number, number];
  const findings: Finding[] = [];
  const validity = ['pki', 'certificateValidity'];
  if (leaf > authority) {
    findings.push(error(validity, say('pki-outlives-ca', { certificateValidity, caValidity })));
  } else if (authority - leaf < yearHours) {
    findings.push(
      warning(
        validity,
        say('pki-margin', { certificateValidity, caValidity, longest: Math.max(1, authority - yearHours) }),
      ),
    );
  }
  if (early >= leaf * renewableShare) {
    findings.push(error(['pki', 'renewBefore'], say('pki-always-renewed', { renewBefore, certificateValidity })));
  }
  return findings;
};

/** kube-controller-manager signs kubelets' certificates with this authority's key, which is a file on every master. */
export const kubernetesAuthorityHasKey: Rule = ({ spec }) => {
  const adopted = spec.pki.authorities.kubernetes;
  if (adopted === undefined || adopted.key !== undefined) return [];
  return [error(['pki', 'authorities', 'kubernetes'], say('pki-needs-key'))];
};
