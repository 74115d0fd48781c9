import { eachIntact } from '../../intact.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';

/** What an image has of its own, and cannot do without as it is. */
const ofImage: Readonly<Record<string, string>> = {
  '/etc/passwd': 'without the image’s users no service starts',
  '/etc/group': 'without the image’s groups no service starts',
  '/etc/shadow': 'without it nobody can log in, and services of other users fail',
  '/etc/gshadow': 'the image’s tools keep it in step with /etc/group',
  '/etc/fstab': 'the image mounts its own disks by it, and knode adds data disks',
  '/etc/machine-id': 'every machine makes its own: kubelets and journals are told apart by it',
  '/etc/hostname': 'cloud-init writes the node’s name there',
};

/** Folders that are empty after the next start, or before it. */
const fleeting = /^\/(run|var\/run|tmp|dev|proc|sys)\//;

/** Files of the user's own that would break the machine, or would not be there after a restart. */
export const ownFilesAreWelcome: Rule = ({ spec }) =>
  eachIntact(spec.extraFiles, ({ path }, index): Finding[] => {
    const at = ['extraFiles', index, 'path'];
    const why = Object.hasOwn(ofImage, path) ? ofImage[path] : undefined;
    if (why !== undefined)
      return [error(at, 'file-of-image', `${path} would replace the image’s own: ${why}`, 'change it in the image')];
    if (!fleeting.test(path)) return [];
    const message = `${path} is gone after the first restart: cloud-init writes files once`;
    return [warning(at, 'file-fleeting', message, 'choose a folder below /etc or /var/lib')];
  });

/** systemd.unit(5): a template is a pattern; `systemctl start name@.service` fails. */
export const templatesAreNotStarted: Rule = ({ spec }) =>
  eachIntact(spec.extraUnits, ({ name, start }, index): Finding[] => {
    if (!start || !/@\.[a-z]+$/.test(name)) return [];
    const message = `${name} is a template, which cannot be started: knode’s target would wait for it`;
    return [error(['extraUnits', index, 'name'], 'unit-template', message, 'set start: false, or name an instance')];
  });
