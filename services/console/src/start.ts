import { createKafka } from 'saga-kit/kafka'
import { participantsOf, type Reach } from 'saga-kit/operating'
import { createLog, createPool, type Environment, Pauses, troubleOf } from 'saga-kit/parts'
import { createAccess } from './access/access.ts'
import { createActs } from './acts/act-routes.ts'
import { recordActs } from './acts/record-act.ts'
import { tellChange } from './changes.ts'
import { prepareDatabase } from './database.ts'
import type { Route } from './http/route.ts'
import { serve } from './http/serve.ts'
import { listenForChanges } from './live/listen-for-changes.ts'
import { createLive } from './live/live.ts'
import { createConsoleMetrics } from './metrics.ts'
import { createObserver } from './observer/observer.ts'
import { countsRoute } from './pages/counts.ts'
import { letterRoutes } from './pages/letters.ts'
import { sagaRoute } from './pages/saga-detail.ts'
import { sagasRoute } from './pages/sagas.ts'
import { readConsoleSettings } from './settings.ts'
import { createWatch, type Watch } from './watch/watch.ts'

export interface Console {
  readonly port: number
  stop(): Promise<void>
}

/**
 * Starts the console: its HTTP listener, its tables, and then what observes. Waits for what does not answer yet, and says so.
 * @throws StartError when a setting, a migration or the port is wrong: trying again cannot help
 */
export async function startConsole(environment: Environment): Promise<Console> {
  const settings = readConsoleSettings(environment)
  const log = createLog({ service: 'console', level: settings.logLevel, redact: settings.logRedact })
  const metrics = createConsoleMetrics()
  const pauses = new Pauses(log, metrics)

  // ---- the database: what observes must not wait for what is looked at
  const ofPool = (share: string, poolSize: number) =>
    createPool({ url: settings.databaseUrl, poolSize, applicationName: `console ${share}` })
  const half = Math.max(1, settings.databasePool >> 1)
  const observing = ofPool('observer', settings.databasePool - half)
  const reading = ofPool('pages', half)
  const watching = ofPool('watch', 3)
  const endPools = () => Promise.all([observing.end(), reading.end(), watching.end()])

  // ---- what follows the sagas by their events, and asks the participants
  const { topicPrefix, kafkaBrokers: brokers, kafkaRecordCodec: recordCodec } = settings
  const kafka = createKafka({ clientId: 'console', brokers, recordCodec, logger: log })
  const reach: Reach = {
    ...{ brokers, topicPrefix, token: settings.adminToken, tokenToDeclared: settings.tokenToDeclared },
    ...{ admin: settings.admin, operator: 'console' },
    settingNames: { admin: 'ADMIN_ADDRESSES', tokenToDeclared: 'ADMIN_TOKEN_TO_DECLARED' },
  }
  const observer = createObserver({
    ...{ settings, pool: observing, kafka, reach, metrics, pauses, log },
    onSeen: (client, seen, isNew) => watch.onSeen(client, seen, isNew),
  })
  const watch: Watch = createWatch({
    ...{ pool: watching, kafka, topicPrefix, log, metrics: metrics.watch, lag: () => observer.lag() },
    conflicts: () => observer.conflicts(),
    ...{ overdueAfterMs: settings.overdueAfterMs, auditEveryMs: settings.auditEveryMs },
    keepMs: Math.min(settings.keepSettledMs, settings.keepOpenMs),
    participants: () => participantsOf(observer.declared.now, reach),
    trouble: error => {
      // The observer waits for the database, and says so.
      if (troubleOf(error).kind !== 'infrastructure') log.error({ err: error }, 'the watch failed, and goes on')
    },
  })

  // ---- who may ask and act
  const recordAct = recordActs(reading)
  const access = createAccess({
    ...{ settings, pool: reading, log },
    note: (session, act) => recordAct(session, { act }, async () => {}),
  })
  const acts = createActs({
    ...{ pool: reading, declared: observer.declared, reach, env: environment, recordAct, log },
    changed: planId =>
      void tellChange(reading, { kind: 'plan', planId }).catch(error =>
        log.debug({ err: error }, 'pages were not told'),
      ),
  })

  // ---- what pages ask, and are told
  const declarations = () => observer.declared.now
  const live = createLive({ planOf: planId => acts.planOf(planId), listening: metrics.liveReaders })
  const routes: Route[] = [
    ...access.routes,
    sagasRoute(reading),
    sagaRoute({ pool: reading, declarations, reach, overdueAfterMs: settings.overdueAfterMs }),
    countsRoute({ pool: reading, attributes: settings.searchFields, declarations }),
    ...letterRoutes(reading),
    ...watch.routes,
    ...acts.routes,
    live.route,
  ]

  let isOpen = false
  const readiness = async () => {
    const unhealthy = isOpen ? observer.unhealthy() : `waits for ${pauses.causes.join(', ') || 'its tables'}`
    return [
      { name: 'observer', ok: unhealthy === undefined, ...(unhealthy !== undefined && { detail: unhealthy }) },
      { name: 'database', ok: !pauses.causes.includes('database') },
    ]
  }
  const http = await serve({
    ...{ port: settings.port, routes, registry: metrics.registry, log, readiness, isOpen: () => isOpen },
    ...{ host: access.host, install: access.install, guard: access.guard, trustedProxies: settings.trustedProxies },
    dist: new URL('../dist/', import.meta.url),
  }).catch(async error => {
    await endPools()
    throw error
  })

  try {
    await prepareDatabase(observing, pauses, settings)
  } catch (error) {
    await http.close()
    await endPools()
    throw error
  }
  isOpen = true
  await observer.run()
  const changes = listenForChanges({ databaseUrl: settings.databaseUrl, onChange: change => live.changed(change), log })
  watch.run()
  log.info({ port: http.port }, 'the console is up')

  return {
    port: http.port,
    async stop() {
      log.info({}, 'stopping')
      live.stop()
      const halfMs = settings.shutdownTimeoutMs / 2
      await Promise.all([http.close(halfMs), observer.stop(), watch.stop(), acts.stop(halfMs), changes.stop()])
      await endPools()
      log.info({}, 'stopped')
    },
  }
}
