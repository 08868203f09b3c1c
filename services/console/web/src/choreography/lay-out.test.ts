import { expect, test } from 'vitest'
import { choreography } from '../../test/fixtures/choreography.fixture.ts'
import { labelHeight, layOut, nodeHeight } from './lay-out.ts'
import { edgeKey, edgeText, rateText } from './rates.ts'

const { nodes, edges } = choreography

test('every step and every way has a place of its own', () => {
  const drawing = layOut(nodes, edges)
  expect(drawing.edges.size).toBe(edges.length)
  const boxes = [
    ...drawing.nodes.map(({ x, y, width }) => ({ x, y, width, height: nodeHeight })),
    ...[...drawing.edges.values()].map(({ x, y, width }) => ({ x, y, width, height: labelHeight })),
  ]
  for (const [at, one] of boxes.entries())
    for (const other of boxes.slice(at + 1)) {
      const apart =
        Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
        Math.abs(one.y - other.y) >= (one.height + other.height) / 2
      expect(apart).toBe(true)
    }
})

test('two messages between the same steps are two ways', () => {
  const [edge] = edges
  const two = [edge!, { ...edge!, message: 'Another' }]
  expect([...layOut(nodes, two).edges.keys()]).toEqual(two.map(edgeKey))
})

test('an edge to itself is laid out', () => {
  const [node] = nodes
  expect(layOut([node!], [{ ...edges[0]!, from: node!.id, to: node!.id }]).edges.size).toBe(1)
})

test('what stands out is said in words', () => {
  expect(edges.filter(({ standing }) => standing !== 'seen').map(edgeText)).toEqual([
    'not seen',
    'not declared · 88/min',
    ...Array(4).fill('may go unseen'),
  ])
})

test.each([
  [96.4, '96/min'],
  [1.23, '1.2/min'],
  [0.03, '0.03/min'],
  [0.001, '< 0.01/min'],
  [7_200.4, '7,200/min'],
  [0, 'none'],
])('%d a minute is %s', (perMinute, text) => {
  expect(rateText(perMinute)).toBe(text)
})
