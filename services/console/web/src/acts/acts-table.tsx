import { Link } from 'wouter'
import type { OperatorAct } from '../../../src/contract.ts'
import { Identifier, shortened } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Tag } from '../parts/tag.tsx'

/** Who did what, and why. */
export const ActsTable = ({ acts }: { acts: OperatorAct[] }) => (
  <Scroll label="What operators did">
    <table>
      <thead>
        <tr>
          <th scope="col">At (UTC)</th>
          <th scope="col">Operator</th>
          <th scope="col">Act</th>
          <th scope="col">Service</th>
          <th scope="col">Message</th>
          <th scope="col">Saga</th>
          <th scope="col">Reason</th>
          <th scope="col">Plan</th>
        </tr>
      </thead>
      <tbody>
        {acts.map(act => (
          <tr key={`${act.at} ${act.service} ${act.id} ${act.act}`}>
            <td>
              <Moment at={act.at} />
            </td>
            <th scope="row" className="nowrap">
              {act.operator}
            </th>
            <td className="nowrap">
              {act.act} {act.forced && <Tag tone="warn">by force</Tag>}
            </td>
            <td>{act.service}</td>
            <td>
              <Identifier id={act.id} what="message id" />
            </td>
            <td>
              {act.sagaId && (
                <Link className="mono nowrap" href={`/sagas/${encodeURIComponent(act.sagaId)}`}>
                  {shortened(act.sagaId)}
                </Link>
              )}
            </td>
            <td className="reason">{act.reason}</td>
            <td>
              {act.plan && (
                <Link className="mono nowrap" href={`/plans/${encodeURIComponent(act.plan)}`}>
                  {shortened(act.plan)}
                </Link>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
)
