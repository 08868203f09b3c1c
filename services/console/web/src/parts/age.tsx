import { duration } from './duration.ts'
import { utc } from './moment.tsx'
import { useNow } from './use-now.ts'

/** How long ago, with the time itself on hover. */
export function Age({ at }: { at: string }) {
  const now = useNow()
  const ms = Math.max(0, now - Date.parse(at))
  return (
    <time className="nowrap" dateTime={at} title={`${utc(at, 'millisecond')} UTC`}>
      {ms < 1_000 ? 'now' : `${duration(ms < 60_000 ? Math.round(ms / 1_000) * 1_000 : ms)} ago`}
    </time>
  )
}
