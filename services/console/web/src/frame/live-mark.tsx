import type { Standing } from '../data/live-connection.ts'

const words: Record<Standing, string> = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Connection lost, trying again …',
}

/** Whether the page follows what happens. */
export const LiveMark = ({ standing }: { standing: Standing }) => (
  <span className={`live live-${standing}`} role="status">
    <span className="live-dot" aria-hidden="true" />
    {words[standing]}
  </span>
)
