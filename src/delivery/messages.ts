import { speaker } from '../base/catalogue.ts';
import { list } from '../base/wording.ts';

/** What is wrong, by code. */
export const say = speaker('delivery', {
  'user-data-too-large': ({
    role,
    name,
    title,
    size,
    name2,
    bytes,
    counted,
    also,
    number,
  }: {
    role: string;
    name: string;
    title: string;
    size: string;
    name2: string;
    bytes: string;
    counted: string;
    also: number;
    number: string;
  }) => ({
    message: `user-data of ${role} ${name} is too large for ${title}: ${size} bytes as ${name2}, of at most ${bytes} (${counted})${also === 0 ? '' : `; so is that of ${also} more of its role`}`,
    hint: `${number} bytes have to go; see what is large and what would help`,
  }),
  'format-of-platform': ({
    title,
    name,
    also,
    formats,
    format,
  }: {
    title: string;
    name: string;
    also: string;
    formats: readonly string[];
    format: string;
  }) => ({ message: `${title} does not take ${name}`, hint: `${also} takes ${list(formats)}${format}` }),
  'no-iso-tool': {
    message: 'an ISO image needs xorriso, genisoimage or mkisofs, and none of them is on PATH',
    hint: 'install the package xorriso (Debian, Ubuntu, Fedora, RHEL, Alpine, Homebrew) or genisoimage, or let knode write the plain seed: -o DIR without --format iso',
  },
  'iso-tool-failed': ({ path, said }: { path: string; said: string }) => ({
    message: `${path} failed${said === '' ? '' : `: ${said}`}`,
    hint: 'check the free space of the folder for temporary files',
  }),
  'unknown-format': ({ word, near, names }: { word: string; near: string | undefined; names: readonly string[] }) => ({
    message: `there is no format '${word}'`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}formats: ${list(names)}`,
  }),
  'unknown-platform': ({
    word,
    near,
    names,
  }: {
    word: string;
    near: string | undefined;
    names: readonly string[];
  }) => ({
    message: `there is no platform '${word}'`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}platforms: ${list(names)}`,
  }),
});
