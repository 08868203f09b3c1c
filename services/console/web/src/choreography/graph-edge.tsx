import { labelHeight } from './lay-out.ts'
import { type Edge, edgeText, labelOf } from './rates.ts'

/** How an edge is drawn: by kind of line, not by colour alone. */
const kindOf = ({ standing, turnsBack }: Edge) =>
  standing === 'undeclared' || standing === 'unseen' ? standing : turnsBack ? 'back' : 'plain'

/** A way that is taken more often is broader, by the logarithm: from 1 to 4 pixels. */
const breadth = (perMinute: number) => Math.min(4, 1.25 + Math.log10(1 + perMinute))

export const EdgeLine = ({ edge, path, dimmed }: { edge: Edge; path: string; dimmed: boolean }) => (
  <path
    className={`edge edge-${kindOf(edge)} edge-is-${edge.standing}${dimmed ? ' edge-dimmed' : ''}`}
    d={path}
    strokeWidth={edge.standing === 'seen' ? breadth(edge.perMinute) : edge.standing === 'undeclared' ? 3 : 1.5}
    markerEnd={`url(#edge-${kindOf(edge)})`}
  />
)

interface EdgeLabelProps {
  edge: Edge
  x: number
  y: number
  width: number
  dimmed: boolean
}

export const EdgeLabel = ({ edge, x, y, width, dimmed }: EdgeLabelProps) => (
  <g
    className={`edge-label edge-label-${edge.standing}${dimmed ? ' edge-dimmed' : ''}`}
    transform={`translate(${x} ${y})`}
  >
    <rect x={-width / 2} y={-labelHeight / 2} width={width} height={labelHeight} rx="4" />
    <text y="-3" textAnchor="middle">
      {labelOf(edge)}
    </text>
    <text y="11" textAnchor="middle" className="edge-rate">
      {edgeText(edge)}
    </text>
  </g>
)
