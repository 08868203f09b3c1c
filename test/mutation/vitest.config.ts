import { defineConfig } from 'vitest/config'
import { parts } from './parts.ts'

const { tests } = parts.find(({ name }) => name === process.env.MUTATED)!

export default defineConfig({
  test: {
    root: '.',
    include: [...tests],
    exclude: ['**/node_modules/**', '**/*.stack.test.ts'],
    setupFiles: ['test/mutation/one-counterexample.fixture.ts'],
    testTimeout: 60_000,
  },
})
