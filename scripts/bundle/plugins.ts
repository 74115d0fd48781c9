import type { Plugin } from 'esbuild';
import { packagePath } from '../../src/base/files/package-root.ts';
import { readCatalogue } from '../../src/mirror/catalogue/catalogue-files.ts';

/** The catalogue as parsed and checked data, instead of sixteen YAML files and their parser. */
export const checkedCatalogue: Plugin = {
  name: 'checked-catalogue',
  setup({ onLoad }) {
    onLoad({ filter: /src\/mirror\/catalogue\/shipped-catalogue\.ts$/ }, () => {
      const entries = JSON.stringify([...readCatalogue(packagePath('artifacts'))]);
      return {
        contents: `export const shippedCatalogue = () => new Map(JSON.parse(${JSON.stringify(entries)}));`,
        loader: 'js',
      };
    });
  },
};

/** commander starts programs for commands that are files of their own. knode has none, so the module that starts them is not loaded. */
export const lateChildProcess: Plugin = {
  name: 'late-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('node_modules/commander/') ? { path: 'late-child-process', namespace: 'knode' } : undefined,
    );
    onLoad({ filter: /^late-child-process$/, namespace: 'knode' }, () => ({
      contents: "exports.spawn = (...given) => require('node:child_process').spawn(...given);",
    }));
  },
};
