import type { ExploredWorld } from './explored-world.ts'

export type Choice = { readonly service: string; readonly crashes: boolean } & (
  | { readonly kind: 'deliver'; readonly queue: string; readonly event: string }
  | { readonly kind: 'again'; readonly event: string }
  | { readonly kind: 'due'; readonly sagaId: string; readonly id: string }
  | { readonly kind: 'wish'; readonly nth: number; readonly name: string }
  | { readonly kind: 'sweep'; readonly sagaId: string }
)

/** All that can happen next. */
export function choicesOf(world: ExploredWorld): Choice[] {
  const { services, queues, wishes, accepted, bound, taken } = world
  const choices: Choice[] = []
  const add = (choice: Choice) => {
    choices.push(choice)
    if (world.crashes > 0) choices.push({ ...choice, crashes: true })
  }
  for (const [queue, [next]] of queues)
    if (next) add({ kind: 'deliver', service: queue.split(' ', 1)[0]!, queue, event: next.event, crashes: false })
  for (const [service, { database }] of services) {
    for (const [sagaId, { waiting }] of database.sagas)
      for (const { id, dueAtMs } of waiting.values())
        if (dueAtMs !== null) add({ kind: 'due', service, sagaId, id, crashes: false })
    for (const sagaId of new Set([...database.outbox.values()].map(row => row.sagaId)))
      choices.push({ kind: 'sweep', service, sagaId, crashes: false })
  }
  for (const nth of wishes) {
    const { service, command, after } = bound.wishes[nth]!
    if (after === undefined || accepted.has(after))
      add({ kind: 'wish', service, nth, name: `${command.type} ${nth}`, crashes: false })
  }
  if (world.copies > 0)
    for (const [name, { event }] of taken)
      choices.push({ kind: 'again', service: name.split(' ', 1)[0]!, event, crashes: false })
  return choices
}
