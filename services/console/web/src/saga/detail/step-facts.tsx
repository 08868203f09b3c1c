import type { Step } from '../../../../src/contract.ts'
import { RowDifference } from '../../difference/row-difference.tsx'
import { Identifier } from '../../parts/identifier.tsx'
import { Moment } from '../../parts/moment.tsx'

/** A step that published nothing: what it did to its participant's rows. */
export const StepFacts = ({ step }: { step: Step }) => (
  <>
    <dl className="facts">
      <dt>Step</dt>
      <dd>
        <code>{step.operation}</code>
      </dd>
      <dt>Status</dt>
      <dd>
        {step.status}
        {step.errorCode && `: ${step.errorCode}`}
      </dd>
      <dt>At (UTC)</dt>
      <dd>
        <Moment at={step.at} precision="millisecond" />
      </dd>
      <dt>Tries</dt>
      <dd>{step.attempts}</dd>
      <dt>Because of</dt>
      <dd>{step.because}</dd>
      <dt>Message id</dt>
      <dd>
        <Identifier id={step.messageId} what="message id" />
      </dd>
    </dl>
    {step.rows.map(row => (
      <section key={`${row.table} ${row.key}`}>
        <h3>{row.table}</h3>
        <RowDifference before={row.before} after={row.after} name={`${row.table} ${row.key}`} />
      </section>
    ))}
  </>
)
