import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/support/leaving/leaves-folders.ts'],
    globalSetup: ['test/support/temp-root-setup.ts'],
    setupFiles: ['test/support/each-file-setup.ts'],
  },
});
