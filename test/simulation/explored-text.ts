import type { Explored } from 'saga-kit/simulation'

/** What was explored and what it proves, for people. */
export function exploredText({ states, transitions, depth, ms, endings, violations, isComplete }: Explored): string {
  const figures = `${states} states, ${transitions} transitions, depth ${depth}, ${(ms / 1_000).toFixed(1)} s`
  const ends = Object.entries(endings).map(([ending, count]) => `  ${ending}: in ${count} states at rest`)
  const wrong = violations.map(
    ({ what, way }) => `wrong: ${what}\n${way.map((step, i) => `  ${i + 1}. ${step}`).join('\n')}`,
  )
  const proof = isComplete
    ? 'Within the bound: every saga settles; whatever a saga did that ends cancelled or refunded is undone; nothing takes effect after its compensation; books hold in each state.'
    : 'The bound is too large: it gave up, and nothing is proved.'
  return [figures, 'How sagas can end:', ...ends, ...(wrong.length > 0 ? wrong : [proof])].join('\n')
}
