/** How exact a time is shown. */
export type Precision = 'second' | 'millisecond' | 'time' | 'clock'

/** A time in UTC; the local time is shown on hover. */
export const Moment = ({ at, precision = 'second' }: { at: string; precision?: Precision }) => (
  <time className="nowrap" dateTime={at} title={`${local(at)} local time`}>
    {utc(at, precision)}
  </time>
)

export function utc(at: string, precision: Precision): string {
  const iso = new Date(at).toISOString()
  const [date, time] = [iso.slice(0, 10), iso.slice(11, 23)]
  if (precision === 'time') return time
  if (precision === 'clock') return time.slice(0, 8)
  return `${date} ${precision === 'millisecond' ? time : time.slice(0, 8)}`
}

const local = (at: string) => new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' })
