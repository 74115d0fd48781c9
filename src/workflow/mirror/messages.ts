import { speaker } from '../../base/catalogue.ts';

/** What is wrong, by code. */
export const say = speaker('workflow/mirror', {
  'no-lock/demand-lock': ({ lockFile }: { lockFile: string }) => ({
    message: `there is no ${lockFile}`,
    hint: 'run knode mirror lock, which writes it',
  }),
  'mirror-busy': ({ folder }: { folder: string }) => ({
    message: `another knode mirror pull works in ${folder}`,
    hint: 'wait for it to end, or choose another folder with -o',
  }),
  'no-lock/file': ({ file }: { file: string }) => ({
    message: `${file} is not there`,
    hint: 'make it with `knode mirror lock`, or name another with --lock',
  }),
  'no-key': ({ label }: { label: string }) => ({
    message: `${label} has no key in the lock, and none can be made of its URL`,
    hint: 'run `knode mirror lock`, which writes keys',
  }),
  'not-a-count': ({ name, most, text }: { name: string; most: number; text: string }) => ({
    message: `${name} is not a number from 1 to ${most}: '${text}'`,
    hint: `for example ${name} 4`,
  }),
  'payload-not-locked': ({ file, label }: { file: string; label: string }) => ({
    message: `${file} does not pin ${label}, the node layer archive of this node`,
    hint: 'run knode mirror lock, pull and push: the mirror has to have it before a node boots. What changes a script or a unit of knode changes the archive',
  }),
  'presigned-payload': {
    message: 'presigned URLs do not go together with artifacts.payload: mirror',
    hint: 'the node layer archive is fetched without a signature: deliver it in the user-data, or let everybody read the bucket',
  },
  'mirror-not-right': ({ place, count, of, places }: { place: string; count: number; of: number; places: string }) => ({
    message: `${`${count} of ${of} artifacts in ${place} ${count === 1 ? 'is' : 'are'} missing or wrong`}: ${places}`,
    hint: '`knode mirror pull` and `knode mirror push` bring what is missing; wrong objects need push --replace',
  }),
  'transfers-failed': ({ summary, hint }: { summary: string; hint: string }) => ({ message: summary, hint }),
});
