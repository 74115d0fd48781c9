import { defineConfig } from 'vitest/config';

// Outside programs judge the output here, as root: one file after another, because they share ports and devices.
export default defineConfig({
  test: {
    include: ['test/referee/**/*.referee.ts'],
    globalSetup: ['test/support/built-cli-setup.ts', 'test/referee/rendered-setup.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    // Building the lab's image is part of the first hook, when it is not cached.
    hookTimeout: 600_000,
  },
});
