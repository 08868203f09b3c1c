import type { LiveEvent } from '../../../src/contract.ts'

/** `lost`: what is on the page may be old; a new connection is tried by itself. */
export type Standing = 'connecting' | 'live' | 'lost'

const firstDelayMs = 1_000
const longestDelayMs = 30_000

/**
 * Keeps a connection to the server's events. The browser comes back by itself from a broken connection, but gives up for
 * good on a refused one (a server that restarts, a proxy's 502), so that is done here, ever more slowly.
 */
export function connectLive(onHint: (hint: LiveEvent) => void, onStanding: (standing: Standing) => void) {
  let delayMs = firstDelayMs
  let timer: ReturnType<typeof setTimeout> | undefined
  let source: EventSource | undefined

  const open = () => {
    source = new EventSource('/api/live')
    source.onopen = () => {
      delayMs = firstDelayMs
      onStanding('live')
    }
    source.onmessage = ({ data }) => onHint(JSON.parse(data) as LiveEvent)
    source.onerror = () => {
      onStanding('lost')
      if (source?.readyState !== EventSource.CLOSED) return
      timer = setTimeout(open, delayMs)
      delayMs = Math.min(delayMs * 2, longestDelayMs)
    }
  }
  open()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}
