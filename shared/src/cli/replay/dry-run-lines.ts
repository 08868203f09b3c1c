import type { Rehearsed } from '../../operating/admin.ts'
import { operationOf } from '../../operating/letters.ts'
import type { PlanLetter } from '../../operating/replay/plan.ts'
import { isAmong } from '../../operating/replay/rehearse.ts'
import { rowLines } from '../row-lines.ts'
import { oneLine } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { second } from '../times.ts'

/** What a replay would do, for people: how each step ends, each row before and after, what would be published. */
export function dryRunText(letter: PlanLetter, found: Rehearsed, { styled }: Pick<Terminal, 'styled'>): string {
  const title = styled(
    'bold',
    `${letter.service}: ${operationOf(letter) || 'unreadable'} on ${letter.messageType ?? letter.id}`,
  )
  const lines = [`${title}\n  ${letter.id}`]
  if ('cannot' in found) return [...lines, `  it cannot be tried: ${found.cannot}`].join('\n')
  for (const { step, direction, messageType, outcome, code, error, request } of found.steps) {
    const why = [code, error]
      .filter(Boolean)
      .map(text => oneLine(text!))
      .join(': ')
    const text = `${outcome}${why && ` (${why})`}`
    const isBad = outcome === 'failed' || outcome === 'dead'
    lines.push(`  ${operationOf({ step, direction })} on ${messageType}: ${styled(isBad ? 'red' : 'green', text)}`)
    if (request !== null) lines.push(`    would call the outside with ${JSON.stringify(request)}`)
  }
  if (!isAmong(found, letter)) lines.push('  nobody would take it: see saga trace')
  for (const row of found.rows) lines.push(`  ${row.table} ${row.key}`, ...rowLines(row, { styled }))
  for (const { type, topic, event } of found.published)
    lines.push(`  publishes ${type} on ${topic}: ${JSON.stringify(event)}`)
  for (const { type, dueAt } of found.timers)
    lines.push(dueAt === null ? `  cancels timer ${type}` : `  sets timer ${type} for ${second(dueAt)}`)
  if (found.stillBehind > 0) lines.push(`  ${found.stillBehind} would still be parked behind it`)
  return lines.join('\n')
}
