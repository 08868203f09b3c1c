/** What is mutated together, and the tests that can notice: others would only take their time at each mutant. */
export const parts = [
  {
    name: 'kit',
    has: (file: string) => file.startsWith('shared/'),
    mutated: ['shared/src/core/**/*.ts', '!**/*.{test,fixture}.ts'],
    tests: ['shared/src/core/**/*.test.ts'],
  },
  {
    name: 'services',
    has: (file: string) => file.startsWith('services/'),
    mutated: [
      'services/{order,balance,inventory,notification}/src/**/*.ts',
      '!**/*.{test,fixture}.ts',
      '!services/*/src/{main,routes,settings,examples,recover,mailer-*,read-*,list-*}.ts',
    ],
    tests: ['services/{order,balance,inventory,notification}/**/*.test.ts', 'test/choreography.test.ts'],
  },
] as const
