import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { invariants } from '../../services/console/src/watch/invariants.ts'
import { kitSettings } from '../../shared/src/runtime/kit-settings.ts'
import { metricDefinitions } from '../../shared/src/runtime/metric-definitions.ts'
import { durationMs, setting } from '../../shared/src/settings.ts'
import { repository } from './generated-file.ts'
import { withFiles } from './guide-code.ts'
import { metricsPage } from './metrics-table.ts'
import { readParticipants } from './participants.ts'
import { settingsPage } from './settings-table.ts'

const reminderMs = setting({
  env: 'REMINDER_DELAY',
  type: durationMs,
  default: '1d',
  description: 'waits for a | or b',
})

test("the settings page has every variable of the kit, and each service's own under its name", () => {
  const page = settingsPage([
    { service: 'loyalty', settings: { reminderMs } },
    { service: 'silent', settings: {} },
  ])
  for (const { env } of Object.values(kitSettings)) expect(page).toContain(`\n| \`${env}\` |`)
  expect(page).toContain('| `DATABASE_URL` | **required** |')
  expect(page).toContain(
    '## loyalty\n\n| Variable | Default | What it is for |\n|---|---|---|\n| `REMINDER_DELAY` | `1d` | waits for a \\| or b |\n',
  )
  expect(page).not.toContain('silent')
})

test('the metrics page has every metric with all its labels', () => {
  const page = metricsPage(Object.values(metricDefinitions))
  for (const { name } of Object.values(metricDefinitions)) expect(page).toContain(`\n| \`${name}\` |`)
  expect(page).toContain('| `saga_failed_total` | counter | `service`, `step`, `reason` |')
})

test('the page of the console explains every invariant', () => {
  const page = readFileSync(join(repository, 'docs/console.md'), 'utf8')
  for (const { name } of invariants) expect(page).toContain(`\n| \`${name}\` |`)
})

test('the page of the kit names everything that can be imported from it', () => {
  const read = (file: string) => readFileSync(join(repository, 'shared', file), 'utf8')
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, string> }
  for (const path of Object.keys(exports)) expect(read('README.md')).toContain(`\n| \`saga-kit${path.slice(1)}\` |`)
})

test('finds the participants of the repository, those that take a port too', async () => {
  const services = (await readParticipants(repository)).map(({ service }) => service)
  expect(services).toEqual(expect.arrayContaining(['balance', 'inventory', 'notification', 'order']))
})

test('the guide shows the files of the example as they are', () => {
  const page = 'a\n<!-- test/examples/x/y.ts -->\n```ts\nold\n```\nb\n<!-- test/examples/x/z.sql -->\n'
  const read = (file: string) => `-- ${file} $1\n`
  expect(withFiles(page, read)).toBe(
    'a\n<!-- test/examples/x/y.ts -->\n```ts\n-- test/examples/x/y.ts $1\n```\nb\n<!-- test/examples/x/z.sql -->\n```sql\n-- test/examples/x/z.sql $1\n```\n',
  )
})
