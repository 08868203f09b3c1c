import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createKafka } from 'saga-kit/kafka'
import { createTopics, topicSpecs } from 'saga-kit/topics'
import { afterAll, expect, inject, test } from 'vitest'
import { createDatabase } from '../infra/local/databases.ts'

const outside = mkdtempSync(join(tmpdir(), 'saga-kit-'))
afterAll(() => rmSync(outside, { recursive: true, force: true }))

/** Plain JavaScript, as a team without TypeScript would write it: a command begins a saga, the participant hears its own event. */
const participantSource = `
import { accept, auditOf, command, event, figure, participant, state, succeed } from 'saga-kit'

const Earned = event({
  fullName: 'loyalty.Earned', topic: 'loyalty.events.v1', sagaField: 'sagaId',
  avro: { type: 'record', name: 'Earned', namespace: 'loyalty', fields: [{ name: 'sagaId', type: 'string' }, { name: 'points', type: 'long' }] },
})
export const Earn = command()('Earn', { saga: c => c.sagaId, opens: true })
const states = { points: state()({ table: 'points', key: 'sagaId' }) }
const audit = auditOf(states, {
  figures: ['earned'],
  settles: { points: p => ({ ending: 'RECORDED', settledAt: p.recordedAt, figures: [figure('earned', 'points', p.points)] }) },
})

export const loyalty = participant({ service: 'loyalty', states, settings: {}, audit }, ({ on }) => [
  on(Earn).action('earn', { emits: [Earned], run: c => accept({ points: c.points }, Earned({ sagaId: c.sagaId, points: c.points })) }),
  on(Earned).reads('points', e => [e.sagaId]).action('record_points', { emits: [], run: (e, { points }, { now }) => {
    points.put({ sagaId: e.sagaId, points: e.points, recordedAt: now })
    return succeed()
  } }),
])
`

const mainSource = `
import { commandRoute, run } from 'saga-kit/runtime'
import { z } from 'zod'
import { Earn, loyalty } from './participant.js'

const route = commandRoute({
  method: 'POST', path: '/sagas/:sagaId/points', params: z.strictObject({ sagaId: z.string() }), body: z.strictObject({ points: z.int() }),
  status: 202, command: Earn, toCommand: ({ params, body }) => ({ ...params, ...body }),
})
await run(loyalty, { routes: [route], migrations: new URL('./migrations', import.meta.url) })
`

/** A team's own job over its own database. */
const auditSource = `
import { auditDatabase, auditOver, createPool, invariantsOf, violationText } from 'saga-kit/audit'
import { loyalty } from './participant.js'

const pool = createPool({ url: process.env.DATABASE_URL, poolSize: 1, applicationName: 'audit' })
const report = await auditOver([await auditDatabase(pool, loyalty)], { before: new Date(), atRest: true })
await pool.end()
for (const { name, holds, figures } of invariantsOf(report)) console.log(holds ? 'holds' : 'BROKEN', name + ':', figures)
for (const violation of report.violations) console.log(violationText(violation))
process.exitCode = report.found === 0 ? 0 : 1
`

/** An operators' tool of the team's own. */
const verdictSource = `
import { findParticipants, readTrace } from 'saga-kit/operating'

const reach = {
  brokers: process.env.KAFKA_BROKERS.split(','), topicPrefix: process.env.TOPIC_PREFIX, token: undefined, tokenToDeclared: false,
  admin: new Map(), operator: 'team', settingNames: { admin: 'ADMIN', tokenToDeclared: 'TOKEN' },
}
const { verdict, steps } = await readTrace(await findParticipants(reach), process.argv[2])
console.log(verdict, ...steps.map(({ operation }) => operation))
`

/** The same team's simulation: nothing has to be started for it. */
const simulateSource = `
import { simulateCommand } from 'saga-kit/simulation'
import { Earn, loyalty } from './participant.js'

process.exitCode = await simulateCommand(
  {
    participants: [loyalty],
    before: [],
    *customer({ random, newSagaId }) {
      yield { service: 'loyalty', command: Earn, body: { sagaId: newSagaId(), points: random.int(1, 9) } }
    },
  },
  process.argv.slice(2),
)
`

test('a tarball of the kit runs a participant outside the repository', { timeout: 180_000 }, async () => {
  execFileSync(process.execPath, [resolve(import.meta.dirname, '../shared/pack.ts'), outside], { stdio: 'pipe' })
  const tarball = readdirSync(outside).find(file => file.endsWith('.tgz'))
  const packed = execFileSync('tar', ['tzf', `${tarball}`], { cwd: outside, encoding: 'utf8' })
  expect(packed).not.toMatch(/fixture|negative|\.test\./)
  writeFileSync(join(outside, 'package.json'), JSON.stringify({ name: 'loyalty', type: 'module', private: true }))
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], {
    cwd: outside,
    stdio: 'pipe',
  })
  execFileSync('mkdir', ['migrations'], { cwd: outside })
  writeFileSync(
    join(outside, 'migrations/001_points.sql'),
    'create table points (saga_id uuid primary key, points bigint not null, recorded_at timestamptz);',
  )
  const sources = {
    ...{ 'participant.js': participantSource, 'main.js': mainSource },
    ...{ 'audit.js': auditSource, 'verdict.js': verdictSource, 'simulate.js': simulateSource },
  }
  for (const [file, source] of Object.entries(sources)) writeFileSync(join(outside, file), source)

  const simulated = execFileSync(process.execPath, ['simulate.js', '--seeds', '1..20'], {
    cwd: outside,
    encoding: 'utf8',
  })
  expect(simulated).toMatch(/^seeds 1 to 20: \d+ sagas, .*nothing is wrong$/m)

  const brokers = [...inject('brokers')]
  const databaseUrl = await createDatabase(inject('adminUrl'), 'packed_loyalty')
  await createTopics(
    createKafka({ clientId: 'test', brokers }),
    topicSpecs({
      service: 'loyalty',
      eventsTopic: 'loyalty.events.v1',
      prefix: 'packed.',
      partitions: 2,
      replicationFactor: 1,
    }),
  )
  const environment = {
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers.join(','),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    TOPIC_PREFIX: 'packed.',
    TOPIC_PARTITIONS: '2',
    PORT: '0',
    ADMIN_PORT: '0',
  }
  const service = spawn(process.execPath, ['main.js'], {
    cwd: outside,
    env: { PATH: process.env.PATH, ...environment },
  })
  try {
    let output = ''
    for (const stream of [service.stdout, service.stderr]) stream.on('data', chunk => (output += String(chunk)))
    const port = await until(
      () => /"port":(\d+)/.exec(output)?.[1],
      () => `the participant did not start:\n${output}`,
    )
    // The saga begins now: an audit leaves out what began later than it was asked.
    const time = Date.now().toString(16).padStart(12, '0')
    const sagaId = `${time.slice(0, 8)}-${time.slice(8)}-788a-97ba-3f9f85b0cacd`
    const response = await fetch(`http://127.0.0.1:${port}/sagas/${sagaId}/points`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'first' },
      body: JSON.stringify({ points: 7 }),
    })
    expect(response.status, output).toBe(202)
    const database = new pg.Client(databaseUrl)
    await database.connect()
    const rows = await until(
      async () => {
        const found = await database.query('select saga_id, points::int from points')
        return found.rows.length > 0 ? found.rows : undefined
      },
      () => `the event did not come back:\n${output}`,
    )
    expect(rows).toEqual([{ saga_id: sagaId, points: 7 }])

    const { KAFKA_BROKERS, TOPIC_PREFIX } = environment
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, KAFKA_BROKERS, TOPIC_PREFIX }
    const trace = await until(
      () => {
        const told = spawnSync('npx', ['--no', 'saga', 'trace', sagaId], { cwd: outside, env, encoding: 'utf8' })
        return told.status === 0 ? told.stdout : undefined
      },
      () => `its command line does not see the saga settled:\n${output}`,
    )
    expect(trace).toMatch(
      /loyalty +earn +succeeded +POST .*Earned\n.*loyalty +record_points +succeeded +Earned of loyalty/,
    )

    const verdict = execFileSync(process.execPath, ['verdict.js', sagaId], { cwd: outside, env, encoding: 'utf8' })
    expect(verdict).toBe('settled earn record_points\n')

    const audit = () =>
      spawnSync(process.execPath, ['audit.js'], {
        cwd: outside,
        env: { ...env, DATABASE_URL: databaseUrl },
        encoding: 'utf8',
      })
    const ended: ReturnType<typeof audit>[] = []
    const audited = await until(
      () => {
        ended.push(audit())
        return ended.at(-1)!.status === 0 ? ended.at(-1) : undefined
      },
      () => `its audit finds something wrong:\n${ended.at(-1)?.stdout}${ended.at(-1)?.stderr}`,
    )
    expect(audited.stdout).toMatch(/^holds earned: told by loyalty alone: 1 sagas compared; earned points: loyalty 7$/m)
    await database.query('update points set recorded_at = null')
    const unsettled = audit()
    expect([unsettled.status, unsettled.stdout]).toEqual([1, expect.stringContaining(sagaId)])
    expect(unsettled.stdout).toMatch(/^BROKEN at rest: settled, discarded or blocked/m)
    await database.end()
    service.kill('SIGTERM')
    expect(await once(service, 'exit')).toEqual([0, null])
  } finally {
    service.kill('SIGKILL')
  }
})

async function until<T>(look: () => T | undefined | Promise<T | undefined>, problem: () => string): Promise<T> {
  for (const limitMs = performance.now() + 60_000; performance.now() < limitMs; await sleep(50)) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new Error(problem())
}
