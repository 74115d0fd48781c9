import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Referees run outside programs as root; the README's test command runs them by name.
    exclude: ['test/referee/**', 'node_modules/**'],
    globalSetup: ['test/support/temp-root-setup.ts', 'test/support/built-cli-setup.ts'],
    setupFiles: ['test/support/each-file-setup.ts'],
    // vitest leaves one core free, and the machines of CI have two.
    maxWorkers: '100%',
    testTimeout: 120_000,
  },
});
