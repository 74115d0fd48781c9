import { speaker } from '../base/catalogue.ts';

/** What is wrong, by code. */
export const say = speaker('explain', {
  'unknown-path': ({
    path,
    where,
    offered,
    near,
  }: {
    path: string;
    where: string | undefined;
    offered: boolean;
    near: string;
  }) => ({
    message: `there is no ${path} on ${where}`,
    hint: offered ? `did you mean ${near}?` : 'knode explain lists every path',
  }),
  'no-such-line': ({ path, number, count }: { path: string; number: number; count: number }) => ({
    message: `${path} has no line ${number}`,
    hint: `it has lines 1 to ${count}`,
  }),
});
