import type { ServiceName } from '../../../infra/shop/topics.ts'
import { type Answer, type AskOptions, ask, type Method } from '../../e2e/shop-client.ts'

/** An instance that did not answer is asked last for so long, as a load balancer would. */
const shunnedMs = 3_000
/** A stopped instance holds its clients no longer than this. */
const timeoutMs = 4_000

export interface Entrances {
  /** One request to one instance: the preferred one, or another while that one does not answer. */
  ask(service: ServiceName, method: Method, path: string, o: AskOptions & { prefer?: number }): Promise<Answer>
}

/** The doors of each service, one to an instance. */
export function entrancesOf(urls: Readonly<Record<ServiceName, readonly string[]>>): Entrances {
  const shunnedUntil = new Map<string, number>()
  return {
    async ask(service, method, path, { prefer = 0, ...o }) {
      const all = urls[service]
      const inOrder = all.map((_, i) => all[(prefer + i) % all.length]!)
      const nowMs = performance.now()
      const url = inOrder.find(each => (shunnedUntil.get(each) ?? 0) <= nowMs) ?? inOrder[0]!
      try {
        return await ask(url, method, path, { timeoutMs, ...o })
      } catch (error) {
        shunnedUntil.set(url, performance.now() + shunnedMs)
        throw error
      }
    },
  }
}
