import { defineConfig } from 'vitest/config'

/** The tests that need nothing, and know of what is mutated. */
export default defineConfig({
  test: {
    root: '.',
    include: ['{shared/src/core,shared/src/testing,services}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.stack.test.ts'],
    setupFiles: ['test/mutation/one-counterexample.fixture.ts'],
    testTimeout: 60_000,
  },
})
