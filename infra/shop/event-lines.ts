import { styleText } from 'node:util'
import { causeOf, stepOf } from './cause.ts'
import type { SagaEvent } from './saga-events.ts'

const widths = [12, 13, 12, 16, 22, 20] as const
const colours = { order: 'cyan', inventory: 'yellow', balance: 'green', notification: 'magenta' } as const
/** Causes are remembered for this many events; a later event names the step instead of the event that caused it. */
const mostRemembered = 10_000

export const heading = styled('dim', row('time', 'order', 'service', 'event', 'by step', 'because of', 'with'))

/** Tells events a line each, in columns; coloured by service when stdout is a terminal. */
export function eventLines(nameOf: (sagaId: string) => string): (event: SagaEvent) => string {
  const typeById = new Map<string, string>()
  return event => {
    typeById.set(event.id, event.type)
    if (typeById.size > mostRemembered) typeById.delete(typeById.keys().next().value!)
    const { sagaId, service, type, fields } = event
    const time = event.time.toISOString().slice(11, 23)
    const because = causeOf(event, id => typeById.get(id))
    const line = row(time, nameOf(sagaId), service, type, stepOf(event.id, sagaId), because, contents(fields))
    return styled(colours[service as keyof typeof colours] ?? 'white', line)
  }
}

function row(...cells: string[]): string {
  return ['', ...cells.map((cell, at) => cell.padEnd(widths[at] ?? 0))].join('  ').trimEnd()
}

/** The fields that tell something to a reader, whatever the event. */
function contents(fields: SagaEvent['fields']): string {
  const { lines, currency, reason, channel, template } = fields
  const minor = fields.totalMinor ?? fields.amountMinor
  const told: unknown[] = []
  if (Array.isArray(lines)) told.push(lines.map(({ quantity, sku }) => `${quantity} x ${sku}`).join(', ') || 'nothing')
  if (typeof minor === 'number') told.push(money(minor, typeof currency === 'string' ? currency : ''))
  if (reason !== undefined) told.push(reason)
  if (typeof template === 'string' && typeof channel === 'string') told.push(`${template} (${channel})`)
  return told.join('; ')
}

/** The shop of the demo sells in euros, which have two digits. */
const money = (minor: number, currency: string) => `${(minor / 100).toFixed(2)} ${currency}`.trimEnd()

/** Plain when stdout is no terminal or NO_COLOR is set. */
export function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout })
}
