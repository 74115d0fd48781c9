import { error, type Rule } from '../rule.ts';
import { say } from './messages.ts';

/** knode makes node layer archives: no upstream host has them. */
export const layerArchiveHasMirror: Rule = ({ spec: { artifacts } }) =>
  artifacts.payload === 'mirror' && artifacts.mirrors.length === 0
    ? [error(['artifacts', 'payload'], say('payload-without-mirror'))]
    : [];
