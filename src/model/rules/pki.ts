import { error, type Finding, type Rule, warning } from './rule.ts';

/** Leaves end up to a twentieth of their life early, so that not all end in one hour: renewal must come well before that. */
const renewableShare = 0.9;
/** Nodes that come a year later still get certificates of full length. */
const yearHours = 365 * 24;

export const pkiLifetimes: Rule = ({ spec }) => {
  const { caValidity, certificateValidity, renewBefore } = spec.pki;
  const [authority, leaf, early] = [caValidity, certificateValidity, renewBefore].map((text) =>
    Number.parseInt(text, 10),
  ) as [number, number, number];
  const findings: Finding[] = [];
  const validity = ['pki', 'certificateValidity'];
  if (leaf > authority) {
    const message = `certificates of ${certificateValidity} would outlive authorities of ${caValidity}`;
    findings.push(error(validity, 'pki-outlives-ca', message, 'shorten certificateValidity or lengthen caValidity'));
  } else if (authority - leaf < yearHours) {
    const message = `certificates of ${certificateValidity} leave less than a year of their authorities' ${caValidity}: nodes that come later get none`;
    findings.push(
      warning(validity, 'pki-margin', message, `shorten it to ${Math.max(1, authority - yearHours)}h or less`),
    );
  }
  if (early >= leaf * renewableShare) {
    const message = `renewBefore ${renewBefore} is too close to certificateValidity ${certificateValidity}: every render would issue all certificates anew`;
    findings.push(error(['pki', 'renewBefore'], 'pki-always-renewed', message, 'shorten renewBefore'));
  }
  return findings;
};

/** kube-controller-manager signs kubelets' certificates with this authority's key, and has it in a file on every master. */
export const kubernetesAuthorityHasKey: Rule = ({ spec }) => {
  const adopted = spec.pki.authorities.kubernetes;
  if (adopted === undefined || adopted.key !== undefined) return [];
  const message =
    'the kubernetes authority has no key: kube-controller-manager needs it to sign the certificates of kubelets that join';
  const hint =
    "have your CA issue an intermediate CA for this cluster alone, and name its certificate and 'key' here; only etcd and front-proxy go without";
  return [error(['pki', 'authorities', 'kubernetes'], 'pki-needs-key', message, hint)];
};
