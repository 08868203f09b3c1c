import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from '../kafka/client.ts'
import { createPublisher } from '../kafka/publish.ts'
import type { Declaration } from './declaration.ts'
import type { Log } from './logs.ts'

/** Tells everybody what this participant does. Compacted by service: the last start's declaration stands. */
export function publishDeclaration(o: { kafka: Kafka; log: Log; topic: string; declaration: Declaration }): {
  stop(): Promise<void>
} {
  const stopping = new AbortController()
  const { declaration, topic, log, kafka } = o
  const running = (async () => {
    while (!stopping.signal.aborted) {
      let published = false
      const publisher = createPublisher({
        kafka,
        logger: log,
        onAcknowledged: () => {
          published = true
        },
        onRefused: (_, error) => log.error({ topic, error }, 'the broker refuses our declaration'),
      })
      publisher.publish([
        {
          id: 'declaration',
          topic,
          partition: 0,
          key: declaration.service,
          value: Buffer.from(JSON.stringify(declaration)),
          headers: { 'content-type': 'application/json' },
          deadlineMs: Number.POSITIVE_INFINITY,
        },
      ])
      const ended = new AbortController()
      const stopped = new Promise<void>(resolve =>
        stopping.signal.addEventListener('abort', () => resolve(), { signal: ended.signal }),
      )
      await Promise.race([publisher.drain(10_000), stopped])
      ended.abort()
      await publisher.close()
      if (published) return
      await sleep(2_000, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
