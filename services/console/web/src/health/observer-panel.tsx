import type { ReactNode } from 'react'
import type { Health } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { duration } from '../parts/duration.ts'

/** How far the console itself follows. */
export const ObserverPanel = ({ observer, conflicts }: Pick<Health, 'observer' | 'conflicts'>) => (
  <section className="panel" aria-labelledby="observer">
    <header>
      <h2 id="observer">Observer</h2>
      <p className="muted small">What these pages know comes from here.</p>
    </header>
    <dl className="inside facts">
      <Fact name="Behind by">
        {observer.behindMs === null ? 'not known' : duration(observer.behindMs)}, {thousands(observer.lag)} records
      </Fact>
      <Fact name="Reads">{observer.eventsPerSecond.toFixed(1)} events a second</Fact>
      <Fact name="Keeps">{thousands(observer.sagas)} sagas</Fact>
      <Fact name="Cannot be decoded">
        <span className={observer.undecodable > 0 ? 'figure-bad' : undefined}>
          {thousands(observer.undecodable)} records
        </span>
      </Fact>
      {observer.putAside > 0 && (
        <Fact name="Put aside">
          <span className="figure-bad">{thousands(observer.putAside)} records</span>: the console’s own code fails at
          them, as its log says; they are read again at each start
        </Fact>
      )}
      {conflicts.map(({ service, topic, why }) => (
        <Fact key={`${service} ${topic}`} name="Conflict">
          <span className="figure-bad">{service}</span> declares the topic <code>{topic}</code>: {why}, so that it is
          not read as its own
        </Fact>
      ))}
    </dl>
  </section>
)

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
)
