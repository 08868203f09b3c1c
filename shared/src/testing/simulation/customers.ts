import { createHash } from 'node:crypto'
import type { CommandResponse } from '../../http/commands.ts'
import type { Answer, Customer, Told, Wish } from './scenario.ts'
import type { SimulatedService } from './service.ts'
import type { World } from './world.ts'

const patienceMs = 3_000
const mostTries = 200

/** Lets a customer ask for one thing after the other, until each is answered for good. */
export function serve(
  o: { readonly world: World; readonly services: ReadonlyMap<string, SimulatedService>; readonly told: Told[] },
  customer: number,
  wishes: Customer,
): void {
  const { world, services, told } = o
  let nth = 0
  const next = (answer?: Answer) => {
    const { value: wish, done } = answer ? wishes.next(answer) : wishes.next(undefined as never)
    if (done) return
    world.clock.after(wish.afterMs ?? 0, () =>
      ask(world, services.get(wish.service)!, wish, `${customer}-${nth++}`, given => {
        told.push({ customer, wish, answer: given })
        next(given)
      }),
    )
  }
  next()
}

/** Asks under one key until there is a yes or a no, as a client must. @param answered is called once */
export function ask(
  world: World,
  service: SimulatedService,
  wish: Wish,
  key: string,
  answered: (answer: Answer) => void,
): void {
  const { clock, random, watch } = world
  const body = JSON.stringify(wish.body)
  const request = {
    ...{ command: wish.command, body: wish.body, principal: 'customer', idempotencyKey: key, traceparent: undefined },
    ...{ route: `POST /${wish.command.type}`, bodyHash: createHash('sha256').update(body).digest() },
  }
  let given: string | undefined
  let tries = 0
  const take = (response: CommandResponse) => {
    if (response.status !== 'accepted' && response.status !== 'refused') {
      if (response.status === 'key-reused') watch.violated(`${wish.command.type} ${key}: its key was another's`)
      return
    }
    const text = JSON.stringify(response)
    if (given === undefined) {
      given = text
      world.tell?.('customer', `${wish.command.type} ${key}: ${text}`)
      answered(response)
    } else if (given !== text) watch.violated(`${wish.command.type} ${key} was answered ${given}, and then ${text}`)
  }
  const send = () => {
    if (given !== undefined) return
    if (++tries > mostTries) return watch.violated(`${wish.command.type} ${key} was never answered`)
    const { processes } = service
    if (processes.length > 0) random.pick(processes).request(request, take)
    clock.after(random.int(200, patienceMs), send)
  }
  send()
  if (random.next() < world.rates.doubled) clock.after(random.int(0, 50), send)
}
