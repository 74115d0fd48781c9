import { type Clock, fixedClock, systemClock } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { say } from './messages.ts';

const variable = 'SOURCE_DATE_EPOCH';
/** Release day of Kubernetes 1.16, the oldest supported version: no certificate of a cluster is older. */
const earliest = Date.parse('2019-09-18T00:00:00Z');
const dayMs = 24 * 3600 * 1000;

/**
 * The clock of a process. SOURCE_DATE_EPOCH (seconds since 1970) fixes it for reproducible output
 * (reproducible-builds.org). Build environments set it for archives, to 1980 for example (the nixpkgs manual): a
 * certificate of that day would have expired long ago. Such a value is reported and not used.
 * @param warn is called once, when the time is first read.
 * @throws UserMistake if the value is not a number of seconds (the specification requires an error).
 */
export function clockOf(env: NodeJS.ProcessEnv, warn: (diagnostic: Diagnostic) => void): Clock {
  const { [variable]: text = '' } = env;
  if (text === '') return systemClock;
  const epoch = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : undefined;
  if (epoch === undefined) {
    throw new UserMistake([{ severity: 'error', ...say('invalid-epoch', { text }), option: variable }]);
  }
  const now = systemClock.now().getTime();
  // If the machine's own clock was never set, the future cannot be checked.
  if (epoch >= earliest && (epoch <= now + dayMs || now < earliest)) return fixedClock(new Date(epoch).toISOString());
  return warningClock(() => {
    const day = new Date(epoch).toISOString().slice(0, 10);
    warn({ severity: 'warning', ...say('epoch-unused', { text, day }), option: variable });
  });
}

function warningClock(warn: () => void): Clock {
  let told = false;
  return {
    now: () => {
      if (!told) warn();
      told = true;
      return systemClock.now();
    },
  };
}
