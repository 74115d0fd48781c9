import { eachIntact } from '../../loading/intact.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';
import { say } from './messages.ts';
import { ofImage, reason } from './reasons.ts';

/** Folders that are empty after the next boot, or before it. */
const fleeting = /^\/(run|var\/run|tmp|dev|proc|sys)\//;

/** Files of the user's own that would break the machine, or would not exist after a reboot. */
export const ownFilesAreWelcome: Rule = ({ spec }) =>
  eachIntact(spec.extraFiles, ({ path }, index): Finding[] => {
    const at = ['extraFiles', index, 'path'];
    const why = reason(ofImage, path);
    if (why !== undefined) return [error(at, say('file-of-image', { path, why }))];
    if (!fleeting.test(path)) return [];
    return [warning(at, say('file-fleeting', { path }))];
  });

/** systemd.unit(5): a template is a pattern; `systemctl start name@.service` fails. */
export const templatesAreNotStarted: Rule = ({ spec }) =>
  eachIntact(spec.extraUnits, ({ name, start }, index): Finding[] => {
    if (!start || !/@\.[a-z]+$/.test(name)) return [];
    return [error(['extraUnits', index, 'name'], say('unit-template', { name }))];
  });
