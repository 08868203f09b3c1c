import type { Awaited } from '../../../../src/contract.ts'
import { Identifier } from '../../parts/identifier.tsx'
import { Moment } from '../../parts/moment.tsx'
import { operationOf } from '../../parts/operation.ts'
import { standsText } from '../stands.ts'

/** What is still to come. */
export const AwaitedFacts = ({ awaited }: { awaited: Awaited }) => (
  <dl className="facts">
    <dt>Owed by</dt>
    <dd>{awaited.service}</dd>
    <dt>Step</dt>
    <dd>
      <code>{operationOf(awaited)}</code>
    </dd>
    <dt>Stands</dt>
    <dd>{awaited.stands === null ? 'not asked' : standsText(awaited.stands)}</dd>
    <dt>Tries</dt>
    <dd>{awaited.attempts}</dd>
    {awaited.errorMessage && (
      <>
        <dt>Last error</dt>
        <dd>{awaited.errorMessage}</dd>
      </>
    )}
    <dt>Since (UTC)</dt>
    <dd>{awaited.since ? <Moment at={awaited.since} precision="millisecond" /> : 'not known'}</dd>
    <dt>By (UTC)</dt>
    <dd>{awaited.by ? <Moment at={awaited.by} precision="millisecond" /> : 'no deadline is declared'}</dd>
    <dt>For</dt>
    <dd>
      {awaited.eventType} <Identifier id={awaited.eventId} what="event id" />
    </dd>
  </dl>
)
