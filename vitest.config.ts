import { defineConfig } from 'vitest/config'

const not = ['**/node_modules/**', '**/dist/**']
/** Whole shops on stacks of their own: broken for a minute, measured for some seconds. */
const ownStacks = ['test/chaos/chaos.test.ts', 'test/bench/bench.test.ts']
/** Then only what meets the stack is run, and all of that. */
const inContainers = process.env.STACK === 'containers'
const setupFiles = ['shared/src/testing/property-seed.fixture.ts']

/** Three kinds of tests, one kind after the other: what measures a machine's patience should not share it with the rest. */
export default defineConfig({
  test: {
    projects: [
      {
        // Needs nothing.
        test: {
          name: 'unit',
          setupFiles,
          include: inContainers ? [] : ['{shared,schemas,services/*,test}/**/*.test.ts'],
          exclude: [...not, '**/*.stack.test.ts', ...ownStacks],
          // Properties draw thousands of cases: on a busy machine that is more than vitest's five seconds.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Meets the real PostgreSQL, Kafka and registry, which start once for the run.
        test: {
          name: 'stack',
          setupFiles,
          include: ['{shared,schemas,services/*,test}/**/*.stack.test.ts'],
          exclude: not,
          globalSetup: ['infra/local/vitest-stack.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Starts and breaks stacks of its own.
        test: {
          name: 'infra',
          include: inContainers
            ? ['infra/containers/*.test.ts', 'test/chaos/chaos.test.ts']
            : ['infra/**/*.test.ts', ...ownStacks],
          exclude: inContainers ? not : [...not, 'infra/containers/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
