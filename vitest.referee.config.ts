import { defineConfig } from 'vitest/config';

// Outside programs judge the output here, as root. `./test.sh` runs `machines` and `alone` at the same time, each in a vitest of its own.
// What those of the first list start has ports and folders of its own, and mostly waits.
const file = (name: string): string => `test/referee/${name}.referee.ts`;
const sideBySide = [
  'mirror/*',
  'etcd/{script,founding,joining,with-data}',
  'scripts/{fetch,identity,metadata,other}',
].map(file);

// Whole machines that boot. Each has a name, a network and cgroups of its own, so other referees may run meanwhile.
const machines = ['boot/{boot,first-boot,first-boot-packages,power-cut}', 'image/bake'].map(file);

export default defineConfig({
  test: {
    globalSetup: [
      'test/support/temp-root-setup.ts',
      'test/support/built-cli-setup.ts',
      'test/referee/rendered-setup.ts',
    ],
    setupFiles: ['test/support/each-file-setup.ts'],
    // Other programs decide, under whatever load there is. A second try that passes is told at the end of `./test.sh`, to be looked into.
    retry: 1,
    // Each test is listed, so that one that was tried again is.
    slowTestThreshold: 0,
    testTimeout: 300_000,
    // Building the lab's image is part of the first hook, when it is not cached.
    hookTimeout: 600_000,
    projects: [
      {
        extends: true,
        test: { name: 'side by side', include: sideBySide, maxWorkers: 3, sequence: { groupOrder: 0 } },
      },
      {
        // One file after another, because they share devices, fixed ports and what is rendered.
        extends: true,
        test: {
          name: 'alone',
          include: ['test/referee/**/*.referee.ts'],
          exclude: [...sideBySide, ...machines],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'machines', include: machines, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
