import { error, type Rule } from '../rule.ts';

/** A payload is made by knode: no upstream host has it. */
export const payloadHasMirror: Rule = ({ spec: { artifacts } }) =>
  artifacts.payload === 'mirror' && artifacts.mirrors.length === 0
    ? [
        error(
          ['artifacts', 'payload'],
          'payload-without-mirror',
          'the payload comes from a mirror, and artifacts.mirrors names none',
          "name the mirror's base URL in artifacts.mirrors, or leave payload: user-data",
        ),
      ]
    : [];
