import type { Choreography } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { thousands } from '../parts/counted.ts'
import { type Column, Table } from '../parts/table.tsx'
import { type Edge, edgeKey, messageText, type Node, rateText, withinText } from './rates.ts'
import { StandingTag, standingOrder } from './standing.tsx'

interface EdgesTableProps {
  choreography: Choreography
  selected: string | null
}

/** The same as the graph, for those who read rather than see, and for what a graph tells badly: figures. */
export function EdgesTable({ choreography: { nodes, edges }, selected }: EdgesTableProps) {
  const places = new Map(nodes.map(({ id }, place) => [id, place]))
  const placeOf = (id: string) => places.get(id) ?? 0
  const shown = edges
    .filter(edge => selected === null || edge.from === selected || edge.to === selected)
    .toSorted(
      (a, b) =>
        standingOrder[a.standing] - standingOrder[b.standing] ||
        placeOf(a.from) - placeOf(b.from) ||
        placeOf(a.to) - placeOf(b.to),
    )
  const byId = new Map(nodes.map(node => [node.id, node]))
  return <Table label="Ways between steps" columns={columnsWith(byId)} rows={shown} keyOf={edgeKey} />
}

const columnsWith = (nodes: ReadonlyMap<string, Node>): Column<Edge>[] => [
  { title: 'From', of: ({ from }) => <NodeName node={nodes.get(from)} /> },
  {
    title: 'Message',
    is: 'name',
    of: edge => (
      <>
        {messageText(edge)}
        {edge.turnsBack && <span className="muted"> (turns back)</span>}
      </>
    ),
  },
  { title: 'To', of: ({ to }) => <NodeName node={nodes.get(to)} /> },
  { title: 'Standing', of: ({ standing }) => <StandingTag standing={standing} /> },
  { title: 'Seen', is: 'number', of: ({ seen }) => thousands(seen) },
  { title: 'Rate', is: 'number', className: 'nowrap', of: edge => (edge.seen > 0 ? rateText(edge.perMinute) : '–') },
  { title: 'Half in', is: 'number', className: 'nowrap', of: edge => <Within ms={edge.p50WithinMs} /> },
  { title: '95 % in', is: 'number', className: 'nowrap', of: edge => <Within ms={edge.p95WithinMs} /> },
  {
    title: 'Last',
    of: ({ lastAt }) => (lastAt === null ? <span className="muted">not in this time</span> : <Age at={lastAt} />),
  },
]

/** Of a few answers nothing is said. */
const Within = ({ ms }: { ms: number | null }) => (ms === null ? '–' : withinText(ms))

const NodeName = ({ node }: { node: Node | undefined }) =>
  node && (
    <span className="nowrap">
      <code>{node.label}</code> <span className="muted">{node.service ?? 'outside'}</span>
    </span>
  )
