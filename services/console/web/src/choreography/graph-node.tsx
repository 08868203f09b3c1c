import type { KeyboardEvent } from 'react'
import { nodeHeight } from './lay-out.ts'
import type { Node } from './rates.ts'

interface GraphNodeProps {
  node: Node
  x: number
  y: number
  width: number
  isSelected: boolean
  onSelect: () => void
}

/** A step, or where sagas come from. Choosing it shows what leads to it and from it. */
export function GraphNode({ node, x, y, width, isSelected, onSelect }: GraphNodeProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onSelect()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an SVG has no button
    <g
      className={`node node-${node.kind}${node.compensation ? ' node-undo' : ''}`}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      transform={`translate(${x - width / 2} ${y - nodeHeight / 2})`}
      onClick={onSelect}
      onKeyDown={onKeyDown}
    >
      <rect width={width} height={nodeHeight} rx={node.kind === 'step' ? 6 : nodeHeight / 2} />
      {node.compensation && (
        <rect className="node-inner" x="3" y="3" width={width - 6} height={nodeHeight - 6} rx="4" />
      )}
      <text x={width / 2} y="18" textAnchor="middle" className="node-service">
        {node.service ?? 'outside'}
        {node.kind === 'command' ? ' · request ' : ' '}
      </text>
      <text x={width / 2} y="34" textAnchor="middle" className="node-label">
        {node.label}
      </text>
    </g>
  )
}
