import { speaker } from '../base/catalogue.ts';

/** What is wrong, by code. */
export const say = speaker('cli', {
  'invalid-epoch': ({ text }: { text: string }) => ({
    message: `'${text}' is not a number of seconds`,
    hint: 'unset it, or set it to seconds since 1970 of a day on which the certificates may begin',
  }),
  'epoch-unused': ({ text, day }: { text: string; day: string }) => ({
    message: `${text} is ${day}: certificates cannot begin on that day, so this machine's clock is used`,
    hint: 'unset it, or set it to seconds since 1970 of a day on which the certificates may begin',
  }),
  'cannot-write': ({ message }: { message: string }) => ({
    message: `cannot write stdout: ${message}`,
    hint: 'check the free space of where stdout goes',
  }),
  bug: { message: 'this is a bug of knode', hint: 'please report it with the following lines and the command you ran' },
});
