import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Referees run outside programs as root; the README's test command runs them by name.
    exclude: ['test/referee/**', 'node_modules/**'],
    testTimeout: 30_000,
  },
});
