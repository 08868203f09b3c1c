import { useSearchParams } from 'wouter'
import type { Choreography } from '../../../src/contract.ts'
import { useChoreography } from '../data/use-choreography.ts'
import { Asked } from '../parts/asked.tsx'
import { counted } from '../parts/counted.ts'
import { Notice } from '../parts/notice.tsx'
import { useTitle } from '../parts/use-title.ts'
import { EdgesTable } from './edges-table.tsx'
import { Findings } from './findings.tsx'
import { Graph } from './graph.tsx'
import { GraphKey } from './graph-key.tsx'
import './choreography-page.css'

const spans = [
  { minutes: 15, label: '15 minutes' },
  { minutes: 60, label: '1 hour' },
  { minutes: 1_440, label: '1 day' },
]

export function ChoreographyPage() {
  useTitle('Choreography')
  const [search, setSearch] = useSearchParams()
  const minutes = spans.find(span => String(span.minutes) === search.get('minutes'))?.minutes ?? 60
  const choreography = useChoreography(minutes)
  const set = (name: string, value: string | null) =>
    setSearch(
      before => {
        if (value === null) before.delete(name)
        else before.set(name, value)
        return before
      },
      { replace: true },
    )
  return (
    <div className="page">
      <div className="page-head">
        <h1>Choreography</h1>
        <label className="row small">
          <span className="muted">Seen in the last</span>
          <select value={minutes} onChange={event => set('minutes', event.target.value)}>
            {spans.map(span => (
              <option key={span.minutes} value={span.minutes}>
                {span.label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Asked query={choreography}>
        {found => <Told choreography={found} node={search.get('node')} onNode={node => set('node', node)} />}
      </Asked>
    </div>
  )
}

interface ToldProps {
  choreography: Choreography
  node: string | null
  onNode: (node: string | null) => void
}

function Told({ choreography, node, onNode }: ToldProps) {
  const { nodes, edges, findings } = choreography
  if (nodes.length === 0) return <p className="muted">No participant has declared itself yet.</p>
  const selected = nodes.find(each => each.id === node)
  const undeclared = edges.filter(edge => edge.standing === 'undeclared').length
  return (
    <>
      {undeclared > 0 && (
        <Notice tone="bad">
          {counted(undeclared, 'way is', 'ways are')} taken that nobody declares: see the first rows of the table.
        </Notice>
      )}
      <Findings findings={findings} />
      <section className="panel" aria-label="Graph">
        <header>
          <GraphKey />
        </header>
        <div className="inside">
          <Graph choreography={choreography} selected={selected?.id ?? null} onSelect={onNode} />
        </div>
      </section>
      <section className="panel" aria-labelledby="ways">
        <header>
          <h2 id="ways">{selected ? `Ways to and from ${selected.label}` : 'All ways'}</h2>
          {selected && (
            <button type="button" onClick={() => onNode(null)}>
              Show all
            </button>
          )}
        </header>
        <EdgesTable choreography={choreography} selected={selected?.id ?? null} />
      </section>
    </>
  )
}
