import { defineConfig } from 'vitest/config';

// Outside programs judge the output here, as root. What these start has ports and folders of its own, and mostly waits.
const sideBySide = [
  'mirror-*',
  'scripts-etcd',
  'scripts-etcd-founding',
  'scripts-etcd-joining',
  'scripts-etcd-with-data',
  'scripts-fetch',
  'scripts-identity',
  'scripts-metadata',
  'scripts-other',
].map((name) => `test/referee/${name}.referee.ts`);

export default defineConfig({
  test: {
    globalSetup: [
      'test/support/temp-root-setup.ts',
      'test/support/built-cli-setup.ts',
      'test/referee/rendered-setup.ts',
    ],
    setupFiles: ['test/support/each-file-setup.ts'],
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
          exclude: sideBySide,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
