import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { parts } from './parts.ts'

const { tests } = parts.find(({ name }) => name === process.env.MUTATED)!
const { exports } = JSON.parse(readFileSync('shared/package.json', 'utf8')) as { exports: Record<string, string> }

export default defineConfig({
  test: {
    root: '.',
    include: [...tests],
    exclude: ['**/node_modules/**', '**/*.stack.test.ts'],
    setupFiles: ['test/mutation/one-counterexample.fixture.ts'],
    testTimeout: 60_000,
  },
  // By its name the kit is found in node_modules, where nothing is mutated.
  resolve: {
    alias: Object.entries(exports).map(([path, file]) => ({
      find: new RegExp(`^saga-kit${path.slice(1)}$`),
      replacement: resolve('shared', file),
    })),
  },
})
