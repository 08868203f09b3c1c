import { Graph, layout } from '@dagrejs/dagre'
import { type Edge, edgeKey, labelOf, type Node } from './rates.ts'

/** Where everything is, in pixels. Nodes and labels are told by their middle. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly nodes: readonly { readonly node: Node; readonly x: number; readonly y: number; readonly width: number }[]
  readonly edges: ReadonlyMap<
    string,
    { readonly path: string; readonly x: number; readonly y: number; readonly width: number }
  >
}

export const nodeHeight = 44
export const labelHeight = 34
const perCharacter = 7.1
const margin = 8

/** Text is measured by its length, so that what was laid out once is the same everywhere. */
const widthOf = (text: string, least: number) => Math.max(least, text.length * perCharacter + 20)

export function layOut(nodes: readonly Node[], edges: readonly Edge[]): Drawing {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 18, edgesep: 14, ranksep: 38, marginx: margin, marginy: margin })
  for (const { id, label } of nodes) graph.setNode(id, { width: widthOf(label, 120), height: nodeHeight })
  for (const edge of edges)
    graph.setEdge(
      edge.from,
      edge.to,
      { width: widthOf(labelOf(edge), edge.standing === 'undeclared' ? 150 : 136), height: labelHeight, labelpos: 'c' },
      edgeKey(edge),
    )
  layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    width,
    height,
    nodes: nodes.map(node => {
      const { x, y, width: nodeWidth } = graph.node(node.id) as { x: number; y: number; width: number }
      return { node, x, y, width: nodeWidth }
    }),
    edges: new Map(
      edges.map(edge => {
        const laid = graph.edge(edge.from, edge.to, edgeKey(edge)) as LaidEdge
        return [edgeKey(edge), { path: curve(laid.points), x: laid.x, y: laid.y, width: laid.width }]
      }),
    ),
  }
}

interface LaidEdge {
  points: { x: number; y: number }[]
  x: number
  y: number
  width: number
}

/** Through the middles between the points, bent at the points: no corner, and no overshoot. */
function curve(points: LaidEdge['points']): string {
  const [first, ...rest] = points
  const last = rest.pop()
  if (!first || !last) return ''
  const bends = rest.map((point, at) => {
    const next = rest[at + 1]
    const end = next ? { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 } : last
    return `Q${round(point.x)} ${round(point.y)} ${round(end.x)} ${round(end.y)}`
  })
  return `M${round(first.x)} ${round(first.y)}${bends.join('') || `L${round(last.x)} ${round(last.y)}`}`
}

const round = (pixels: number) => Math.round(pixels * 10) / 10
