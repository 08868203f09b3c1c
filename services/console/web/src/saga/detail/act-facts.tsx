import type { OperatorAct } from '../../../../src/contract.ts'
import { Identifier } from '../../parts/identifier.tsx'
import { Moment } from '../../parts/moment.tsx'

export const ActFacts = ({ act }: { act: OperatorAct }) => (
  <dl className="facts">
    <dt>Operator</dt>
    <dd>{act.operator}</dd>
    <dt>Did</dt>
    <dd>
      {act.act}
      {act.forced && ', by force'}
    </dd>
    <dt>At (UTC)</dt>
    <dd>
      <Moment at={act.at} precision="millisecond" />
    </dd>
    <dt>Message id</dt>
    <dd>
      <Identifier id={act.id} what="message id" />
    </dd>
    <dt>Reason</dt>
    <dd>{act.reason ?? 'none given'}</dd>
    <dt>Plan</dt>
    <dd>{act.plan ? <Identifier id={act.plan} what="plan id" /> : 'none'}</dd>
  </dl>
)
