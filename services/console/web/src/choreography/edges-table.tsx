import type { Choreography } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { thousands } from '../parts/counted.ts'
import { duration } from '../parts/duration.ts'
import { Scroll } from '../parts/scroll.tsx'
import { type Edge, edgeKey, messageText, type Node, rateText } from './rates.ts'
import { StandingTag, standingOrder } from './standing.tsx'

/** The same as the graph, for those who read rather than see, and for what a graph tells badly: figures. */
export function EdgesTable({
  choreography: { nodes, edges },
  selected,
}: {
  choreography: Choreography
  selected: string | null
}) {
  const byId = new Map(nodes.map(node => [node.id, node]))
  const shown = edges
    .filter(edge => selected === null || edge.from === selected || edge.to === selected)
    .toSorted((a, b) => standingOrder[a.standing] - standingOrder[b.standing] || b.perMinute - a.perMinute)
  return (
    <Scroll label="Ways between steps">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Message</th>
            <th scope="col">To</th>
            <th scope="col">Standing</th>
            <th scope="col" className="number">
              Seen
            </th>
            <th scope="col" className="number">
              Rate
            </th>
            <th scope="col" className="number">
              Median
            </th>
            <th scope="col" className="number">
              95 %
            </th>
            <th scope="col">Last</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(edge => (
            <Row key={edgeKey(edge)} edge={edge} from={byId.get(edge.from)} to={byId.get(edge.to)} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const Row = ({ edge, from, to }: { edge: Edge; from: Node | undefined; to: Node | undefined }) => (
  <tr>
    <td>
      <NodeName node={from} />
    </td>
    <th scope="row">
      {messageText(edge)}
      {edge.turnsBack && <span className="muted"> (turns back)</span>}
    </th>
    <td>
      <NodeName node={to} />
    </td>
    <td>
      <StandingTag standing={edge.standing} />
    </td>
    <td className="number">{thousands(edge.seen)}</td>
    <td className="number nowrap">{edge.seen > 0 ? rateText(edge.perMinute) : '–'}</td>
    <td className="number nowrap">{edge.p50Ms === null ? '–' : duration(edge.p50Ms)}</td>
    <td className="number nowrap">{edge.p95Ms === null ? '–' : duration(edge.p95Ms)}</td>
    <td>{edge.lastAt === null ? <span className="muted">never</span> : <Age at={edge.lastAt} />}</td>
  </tr>
)

const NodeName = ({ node }: { node: Node | undefined }) =>
  node ? (
    <span className="nowrap">
      <code>{node.label}</code> <span className="muted">{node.service ?? 'outside'}</span>
    </span>
  ) : null
