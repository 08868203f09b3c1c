import type { Health } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { duration } from '../parts/duration.ts'
import { Scroll } from '../parts/scroll.tsx'
import { Tag } from '../parts/tag.tsx'
import './health.css'

type Participant = Health['participants'][number]

const columns = ['Retrying', 'Parked', 'Calling', 'Dead', 'Timers', 'Timers late', 'Outbox', 'Oldest in it', 'Lag']

export const ParticipantsPanel = ({ participants }: Pick<Health, 'participants'>) => (
  <section className="panel" aria-labelledby="participants">
    <header>
      <h2 id="participants">Participants</h2>
    </header>
    {participants.length === 0 ? (
      <p className="inside muted">No participant has declared itself yet.</p>
    ) : (
      <Scroll label="Participants">
        <table>
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Answers</th>
              {columns.map(column => (
                <th key={column} scope="col" className="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {participants.map(participant => (
              <Row key={participant.service} of={participant} />
            ))}
          </tbody>
        </table>
      </Scroll>
    )}
  </section>
)

function Row({ of: participant }: { of: Participant }) {
  const { service, silent } = participant
  return (
    <tr>
      <th scope="row">
        <strong>{service}</strong>
      </th>
      <td>
        <Answering of={participant} />
      </td>
      {silent === null ? (
        <Figures of={participant} />
      ) : (
        <td colSpan={columns.length} className="muted">
          {silent}
        </td>
      )}
    </tr>
  )
}

function Answering({ of: { silent, paused } }: { of: Participant }) {
  if (silent !== null)
    return (
      <Tag tone="bad" icon="blocked">
        silent
      </Tag>
    )
  if (paused.length > 0)
    return (
      <Tag tone="warn" icon="overdue">
        paused: {paused.join(', ')}
      </Tag>
    )
  return (
    <Tag tone="good" icon="settled">
      runs
    </Tag>
  )
}

/** From when on a figure is marked. They are where the alerts' thresholds are: what is marked here will call somebody. */
const late = { outboxMs: 60_000, timerMs: 30_000 }

const Figures = ({ of }: { of: Participant }) => (
  <>
    <Figure value={of.retrying} />
    <Figure value={of.parked} />
    <Figure value={of.calling} />
    <Figure value={of.dead} bad={of.dead > 0} />
    <Figure value={of.timers} />
    <Duration ms={of.timerLagMs} late={late.timerMs} />
    <Figure value={of.outbox} />
    <Duration ms={of.outboxOldestMs} late={late.outboxMs} />
    {of.lag === null ? <td className="number muted">–</td> : <Figure value={of.lag} />}
  </>
)

const Figure = ({ value, bad = false }: { value: number; bad?: boolean }) => (
  <td className={`number${bad ? ' figure-bad' : value === 0 ? ' muted' : ''}`}>{thousands(value)}</td>
)

const Duration = ({ ms, late: limit }: { ms: number | null; late: number }) => (
  <td className={`number nowrap${ms !== null && ms > limit ? ' figure-bad' : ms === null || ms === 0 ? ' muted' : ''}`}>
    {ms === null ? '–' : duration(ms)}
  </td>
)
