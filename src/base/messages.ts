import { speaker } from './catalogue.ts';

/** What is wrong, by code. */
export const say = speaker('base', {
  'not-a-folder': ({ folder }: { folder: string }) => ({
    message: `${folder} is a file`,
    hint: 'name a folder that does not exist yet',
  }),
  'folder-not-empty': ({ folder }: { folder: string }) => ({
    message: `${folder} is not empty`,
    hint: 'choose a new folder, or remove this one',
  }),
  'cannot-write/write-new-folder': ({ folder, why }: { folder: string; why: string }) => ({
    message: `cannot write ${folder}: ${why}`,
    hint: 'check the folder’s permissions and free space',
  }),
  'cannot-write/explained': ({ folder, why }: { folder: string; why: string }) => ({
    message: `cannot write below ${folder}: ${why}`,
    hint: 'check the folder’s permissions and free space',
  }),
  'more-mistakes': ({ left }: { left: number }) => ({
    message: `${left} more mistake${left === 1 ? '' : 's'} like the last one ${left === 1 ? 'is' : 'are'} not shown`,
    hint: 'mend those that are shown first',
  }),
});
