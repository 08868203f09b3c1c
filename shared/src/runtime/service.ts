import { Acts } from '../admin/acts.ts'
import { auditRoutes } from '../admin/audit-routes.ts'
import { openAdmin } from '../admin/open-admin.ts'
import type { Safeguards } from '../core/safeguards.ts'
import type { PrincipalOf } from '../http/commands.ts'
import type { Readiness, ReadinessCheck } from '../http/probes.ts'
import type { Route } from '../http/routes.ts'
import { startHttp } from '../http/server.ts'
import type { Participant } from '../participant.ts'
import { auditedBy } from '../postgres/audit-database.ts'
import { readBacklog } from '../postgres/backlog.ts'
import type { Committed, Store } from '../postgres/transaction.ts'
import { startTracing } from '../tracing/start-tracing.ts'
import { Calls } from './calls.ts'
import { Commands } from './commands.ts'
import { declarationOf } from './declaration.ts'
import { Door } from './door.ts'
import { DueSource } from './due-source.ts'
import { Engine, type Item } from './engine.ts'
import { type Environment, readEnvironment, warningsOf } from './environment.ts'
import { forget } from './forget.ts'
import { checkTimers, deriveHorizon } from './horizon.ts'
import { takenBy } from './intake-setting.ts'
import { kitSettings } from './kit-settings.ts'
import { fieldsOf } from './log-fields.ts'
import { createLog } from './logs.ts'
import { createMetrics } from './metrics.ts'
import { OutboxLimit } from './outbox-limit.ts'
import { createOutgoing } from './outgoing.ts'
import { Pauses } from './pauses.ts'
import { periodically } from './periodically.ts'
import { createKafkaOf, createPools, prepareCodec, prepareDatabase, prepareTopics } from './prepare.ts'
import { publishDeclaration } from './publish-declaration.ts'
import { RegistryPause } from './registry-pause.ts'
import { reporter } from './report.ts'
import { createRules } from './rules.ts'
import { createTopicSource } from './topic-source.ts'
import { troubleOf } from './trouble.ts'
import { watchUnfinished } from './watch-unfinished.ts'

export interface ServiceOptions {
  readonly routes?: readonly Route[]
  /** Of its HTTP API, in /openapi.json; `0` when it has none. */
  readonly version?: string
  /** Each principal's Idempotency-Keys are its own (rule 32). Without it all that ask are one, `anonymous`. */
  readonly principalOf?: PrincipalOf
  /** The folder of the service's own numbered .sql files. */
  readonly migrations?: URL
  readonly environment: Environment
  /** For tests of the safeguards only: no environment variable reaches it. */
  readonly safeguards?: Partial<Safeguards>
  /** For tests only: where a connection to this broker really goes. */
  readonly redirect?: (address: { readonly host: string; readonly port: number }) => { host: string; port: number }
}

export interface Service {
  /** Of the HTTP listener. */
  readonly port: number
  /** Of the admin listener, if it has one. */
  readonly adminPort: number | undefined
  /** Stops fetching, finishes the batch, publishes, commits offsets, leaves the group. */
  stop(): Promise<void>
}

/**
 * Starts a participant: its HTTP listener, its tables, its topics, its schemas, and only then what takes messages, so that
 * nothing is taken that cannot be done. Waits for a database, broker or registry that does not answer yet, and says
 * meanwhile that it is alive, that it is not ready, and (`saga_paused`) what it waits for.
 * @throws StartError when a setting, a table, a topic, a schema or the port is wrong: trying again cannot help
 */
export async function startService(participant: Participant, o: ServiceOptions): Promise<Service> {
  const { kit, own } = readEnvironment(participant.settings, o.environment)
  const { service } = participant
  const log = createLog({ service, level: kit.logLevel, redact: kit.logRedact })
  for (const warning of warningsOf({ ...kitSettings, ...participant.settings }, o.environment)) log.warn({}, warning)
  const metrics = createMetrics({
    service,
    steps: participant.reactions.filter(r => r.direction !== 'local'),
  })
  const pauses = new Pauses(log, metrics)
  const prepared = { participant, kit, log, pauses, migrations: o.migrations, redirect: o.redirect }
  const pools = createPools(prepared)
  const { pool, reads, audits } = pools
  const endPools = () => Promise.all(Object.values(pools).map(each => each.end()))
  const query = async (text: string, values: readonly unknown[] = []) => ({
    rows: (await reads.query(text, [...values])).rows,
  })
  let open: { readonly commands: Commands; readonly readiness: Readiness } | undefined
  const starting = () => [{ name: 'start', ok: false, detail: `waits for ${pauses.causes.join(', ') || 'nothing'}` }]
  const http = await startHttp({
    ...{ service, log, db: { query }, port: kit.port, routes: o.routes ?? [], registry: metrics.registry },
    ...{ version: o.version, principalOf: o.principalOf },
    isOpen: () => open !== undefined,
    readiness: () => open?.readiness() ?? starting(),
    submit: request => open!.commands.submit(request),
    turnsAway: command => open!.commands.turnsAway(command),
    turnedAway: cause => metrics.turnedAway(cause),
    isUnavailable: error => troubleOf(error).kind === 'infrastructure',
  }).catch(async error => {
    await endPools()
    throw error
  })
  try {
    return await start()
  } catch (error) {
    await http.close()
    await endPools()
    throw error
  }

  async function start(): Promise<Service> {
    const tables = await prepareDatabase(pool, prepared)
    const kafka = createKafkaOf(prepared)
    const topics = await prepareTopics(kafka, prepared)
    const taken = takenBy(kit, topics.read)
    const codec = await prepareCodec(prepared)

    // ---- one transaction for whatever comes together
    const horizon = deriveHorizon(topics.cluster)
    checkTimers(participant, own, horizon)
    const limits = topics.own.map(topic => Number(topics.cluster.topics.get(topic)?.config['max.message.bytes']))
    const maxMessageBytes = Math.min(...limits, Number.MAX_SAFE_INTEGER)
    const rules = createRules({
      ...{ participant, kit, own, codec, horizon, maxMessageBytes },
      ...(o.safeguards && { safeguards: o.safeguards }),
    })
    const { safeguards } = rules
    const tracing = await startTracing({ service, kit, log, partitionOf: rules.partitionOf })
    const outboxLimit = new OutboxLimit(kit.outboxMax)
    const outgoing = createOutgoing({
      ...{ service, kit, pool, kafka, log, safeguards },
      left: rows => outboxLimit.left(rows),
      sent: tracing?.sent,
    })
    const store: Store = { pool, tables, rules, acknowledged: outgoing.acknowledged, turns: () => calls.turns() }
    const report = reporter(log, metrics, { audit: participant.audit, tracing })
    const engine: Engine = new Engine({
      store,
      committed: afterCommit,
      commandFailed: (delivery, end, error) => {
        log.error({ ...fieldsOf(delivery), err: error }, `command ${end}`)
        commands.failed(delivery, end)
      },
      actFailed(act, end, error) {
        const { sagaId, id } = act.letter
        const named = { ...(sagaId && { saga_id: sagaId }), event_id: id, operator: act.operator }
        log.error({ ...named, err: error }, `${act.act} ${end}`)
        acts.failed(act, end)
      },
      paused: (cause, isPaused, error) => pauses.set(cause, isPaused, error),
    })

    /** Rule 8: only what has certainly committed gets here. */
    function afterCommit(committed: Committed, items: readonly Item[]): void {
      outgoing.publish(committed)
      outboxLimit.added(committed.outbox.length)
      door.committed(committed.decision)
      commands.committed(committed)
      acts.committed(committed)
      calls.begin(committed.decision.calls)
      if (committed.decision.woke) due.nudge()
      else due.moved()
      pauses.set('database', false)
      report(committed, items)
    }

    // ---- what brings messages: HTTP commands, ends of outside calls, what is due, topics
    const trouble = (error: unknown) =>
      troubleOf(error).kind === 'infrastructure'
        ? pauses.set('database', true, error)
        : log.error({ err: error }, 'unexpected')
    const { maxBatch } = kit
    const door = new Door({
      ...{ reactions: participant.reactions, pool, trouble },
      ...{ burst: Math.min(2 * maxBatch, kit.underWayMax), most: kit.underWayMax, waitMs: kit.underWayWaitMs },
    })
    const commands = new Commands({
      ...{ participant, maxBatch, engine: () => engine },
      outboxFull: () => safeguards.outboxLimit && outboxLimit.isFull,
      othersAreBehind: command =>
        safeguards.underWayLimit && door.isShutTo(command) ? { retryAfterSeconds: door.retryAfterSeconds } : undefined,
    })
    const acts = new Acts({ participant, pool, codec, horizonMs: rules.horizonMs, engine: () => engine })
    const calls: Calls = new Calls({
      ...{ reactions: participant.reactions, maxBatch, trouble, pauses, engine: () => engine },
      ...{ graceMs: rules.callGraceMs, timeout: safeguards.callTimeout, circuit: safeguards.circuit },
      wake: () => due.nudge(),
    })
    const registry = new RegistryPause(pauses)
    const source = createTopicSource({
      ...{ participant, kit, kafka, codec, engine, log, metrics, registry, safeguards },
      topics: taken.topics,
    })
    const due: DueSource = new DueSource({
      ...{ participant, pool, codec, engine, maxBatch, log, registry, calls, trouble },
      timers: taken.timers,
      partitions: () => source.partitions,
    })

    const readiness = async (): Promise<ReadinessCheck[]> => {
      const database = await pool.query('select 1').then(
        () => true,
        () => false,
      )
      const unhealthy = source.unhealthy()
      return [
        { name: 'database', ok: database },
        { name: 'kafka', ok: unhealthy === undefined, ...(unhealthy !== undefined && { detail: unhealthy }) },
        { name: 'outbox', ok: !outboxLimit.isFull },
      ]
    }
    const admin = await openAdmin({
      ...{ kit, participant, store, acts, reads, log, codec, db: { query } },
      paused: () => pauses.causes,
      auditRoutes: auditRoutes(audits, auditedBy(participant, tables)),
    })

    open = { readiness, commands }
    outgoing.run()
    door.run()
    if (taken.due) due.run()
    source.run()
    const declaring = publishDeclaration({
      ...{ kafka, log, topic: topics.declarations },
      declaration: declarationOf(participant, admin?.url),
    })
    const gauges = periodically(1_000, async () => {
      source.measureLag()
      try {
        const counted = outboxLimit.counting()
        const backlog = await readBacklog(pool, kit.outboxMax)
        counted(backlog.outboxRows)
        metrics.backlog({ ...backlog, outboxRefused: outgoing.refused, underWay: door.underWay })
      } catch (error) {
        trouble(error)
      }
    })
    const aging = watchUnfinished({ participant, pool: reads, metrics, trouble })
    const forgetting = forget({
      ...{ pool: pools.forgetting, trouble, horizonMs: horizon.horizonMs, onlyFinished: safeguards.purgeOnlyFinished },
    })
    log.info(
      { port: http.port, adminUrl: admin?.url, horizonMs: horizon.horizonMs, topics: topics.read },
      `${service} is up`,
    )

    return {
      port: http.port,
      adminPort: admin?.port,
      async stop() {
        log.info({}, 'stopping')
        const closeMs = kit.shutdownTimeoutMs / 2
        await Promise.all([http.close(closeMs), admin?.close(closeMs), source.stop(), due.stop(), declaring.stop()])
        await Promise.all([commands.close(), calls.close(kit.shutdownTimeoutMs / 4)])
        await Promise.all([gauges.stop(), aging.stop(), door.stop(), forgetting.stop()])
        await outgoing.stop(Math.min(kit.publishWindowMs, kit.shutdownTimeoutMs / 4))
        await Promise.all([endPools(), tracing?.stop(kit.shutdownTimeoutMs / 8)])
        log.info({}, 'stopped')
      },
    }
  }
}
