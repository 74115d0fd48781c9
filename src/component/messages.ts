import { speaker } from '../base/catalogue.ts';

/** What is wrong, by code. */
export const say = speaker('component', {
  'service-needed/own-units-disabled': ({ service, owner }: { service: string; owner: string }) => ({
    message: `${service} is a service that this cluster's nodes need (component ${owner})`,
    hint: 'take it out of the list',
  }),
  'service-needed/system': ({ service }: { service: string }) => ({
    message: `a machine does not come up without ${service}`,
    hint: 'take it out of the list',
  }),
  'path-is-folder': ({ from, path, folder }: { from: string; path: string; folder: string }) => ({
    message: `${from}: ${path} cannot be a file: it is the folder of ${folder}`,
    hint: 'choose another path for the file',
  }),
  'path-taken': ({ from, path, owner }: { from: string; path: string; owner: string }) => ({
    message: `${from}: ${path} is written by knode itself (component ${owner})`,
    hint:
      owner === 'extras'
        ? 'it stands twice among your own files: keep one'
        : 'change it by the settings of that component, or choose another path',
  }),
});
