import { error, type Rule } from '../rule.ts';
import { say } from './messages.ts';

/** A payload is made by knode: no upstream host has it. */
export const payloadHasMirror: Rule = ({ spec: { artifacts } }) =>
  artifacts.payload === 'mirror' && artifacts.mirrors.length === 0
    ? [error(['artifacts', 'payload'], say('payload-without-mirror'))]
    : [];
