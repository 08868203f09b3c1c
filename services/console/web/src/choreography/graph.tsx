import { useEffect, useMemo } from 'react'
import type { Choreography } from '../../../src/contract.ts'
import { Scroll } from '../parts/scroll.tsx'
import { useWidth } from '../parts/use-width.ts'
import { EdgeLabel, EdgeLine } from './graph-edge.tsx'
import { GraphNode } from './graph-node.tsx'
import { layOut } from './lay-out.ts'
import { edgeKey } from './rates.ts'
import './graph.css'

/** Smaller than this the text cannot be read: then it scrolls. */
const smallest = 0.72

interface GraphProps {
  choreography: Choreography
  selected: string | null
  onSelect: (node: string | null) => void
}

/** The choreography as it is declared and as it was seen. Everything in it is in the table, too. */
export function Graph({ choreography: { nodes, edges }, selected, onSelect }: GraphProps) {
  const [ref, available] = useWidth<HTMLDivElement>()
  // Rates change all the time; where things are only changes with what there is.
  const shape = JSON.stringify([nodes.map(node => node.id), edges.map(edgeKey)])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for both
  const drawing = useMemo(() => layOut(nodes, edges), [shape])
  const scale = Math.min(1, Math.max(smallest, available / drawing.width))
  const begin = drawing.nodes[0]?.x ?? 0
  useEffect(() => {
    // On a small screen the graph's upper left corner is mostly empty: begin where it begins.
    const scroll = ref.current?.firstElementChild
    if (scroll) scroll.scrollLeft = begin * scale - available / 2
  }, [ref, begin, scale, available])
  const touches = (edge: { from: string; to: string }) => edge.from === selected || edge.to === selected
  const dimmed = (edge: { from: string; to: string }) => selected !== null && !touches(edge)
  return (
    <div ref={ref}>
      <Scroll label="Graph of the choreography">
        {/* biome-ignore lint/a11y/useSemanticElements: no element but an SVG's is a group in an SVG */}
        <svg
          className="graph"
          role="group"
          aria-label={`Graph of ${nodes.length} steps and ${edges.length} ways between them; the table below tells the same`}
          width={drawing.width * scale}
          height={drawing.height * scale}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        >
          <defs>
            {['plain', 'back', 'undeclared', 'unseen'].map(kind => (
              <marker
                key={kind}
                id={`edge-${kind}`}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="9"
                markerHeight="9"
                markerUnits="userSpaceOnUse"
                orient="auto"
              >
                <path className={`edge-head edge-head-${kind}`} d="M0 0.5L8 4L0 7.5z" />
              </marker>
            ))}
          </defs>
          {edges.map(edge => (
            <EdgeLine
              key={edgeKey(edge)}
              edge={edge}
              path={drawing.edges.get(edgeKey(edge))?.path ?? ''}
              dimmed={dimmed(edge)}
            />
          ))}
          {edges.map(edge => {
            const place = drawing.edges.get(edgeKey(edge))
            return place && <EdgeLabel key={edgeKey(edge)} edge={edge} {...place} dimmed={dimmed(edge)} />
          })}
          {drawing.nodes.map(each => (
            <GraphNode
              key={each.node.id}
              {...each}
              isSelected={each.node.id === selected}
              onSelect={() => onSelect(each.node.id === selected ? null : each.node.id)}
            />
          ))}
        </svg>
      </Scroll>
    </div>
  )
}
