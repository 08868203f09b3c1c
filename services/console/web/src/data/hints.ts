import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { LiveEvent } from '../../../src/contract.ts'

/** What a hint makes old. */
export function outdatedBy(hint: LiveEvent): QueryKey[] {
  switch (hint.kind) {
    case 'sagas':
      return [['sagas'], ['counts'], ...(hint.more ? [['saga']] : hint.sagaIds.map(id => ['saga', id]))]
    case 'letters':
      return [['letters'], ['letter'], ['counts'], ['acts'], ['plans'], ['plan']]
    case 'plan':
      return [['plans'], ['plan', hint.plan.planId]]
    case 'declarations':
      return [['choreography']]
    case 'health':
      return [['health']]
  }
}

/**
 * Takes hints and asks again for what is on the page, all of one period at once: under load there is a hint for every
 * batch, and a page that asked each time would be slower than it can be read.
 */
export function gatherHints(client: QueryClient, periodMs = 1_000) {
  const keys = new Map<string, QueryKey>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    for (const queryKey of keys.values()) {
      // Without `cancelRefetch: false` an answer that takes longer than a period would be given up for ever.
      void client.invalidateQueries({ queryKey }, { cancelRefetch: false })
    }
    keys.clear()
  }
  return {
    take(hint: LiveEvent) {
      if (hint.kind === 'plan') client.setQueryData(['plan', hint.plan.planId], hint.plan)
      for (const key of outdatedBy(hint)) keys.set(JSON.stringify(key), key)
      timer ??= setTimeout(flush, periodMs)
    },
    stop: () => clearTimeout(timer),
  }
}
