import type { EventType, Message } from '../../messages.ts'

/** Messages of one saga, in an order in which they may come. */
export type Story = readonly Turn[]
/** A message; one whose outside call is answered; or several of which any may come first. */
export type Turn = Message | Answered | readonly (Message | Answered)[]
export interface Answered {
  readonly message: Message
  /** What the effect's call returns, each time that it is made. */
  readonly response: unknown
}
/** A message in its place, with what its call would return. */
export interface Step {
  readonly message: Message
  readonly response?: unknown
}

/** The message's outside call returns `response`, each time that it is made. */
export const answered = (message: Message, response: unknown): Answered => ({ message, response })

/** The story as it is told. */
export const inOrder = (story: Story): Step[] =>
  story.flatMap(turn => (isGroup(turn) ? turn.map(stepOf) : [stepOf(turn)]))

/** Every order that the story allows, the one in which it is told first. */
export function ordersOf(story: Story): Step[][] {
  return story.reduce<Step[][]>(
    (begun, turn) => {
      const orders = isGroup(turn) ? permutations(turn.map(stepOf)) : [[stepOf(turn)]]
      return begun.flatMap(before => orders.map(order => [...before, ...order]))
    },
    [[]],
  )
}

/** Where an event of this type comes. */
export const placeOf = ({ type }: EventType<any>, steps: readonly Step[]) =>
  steps.findIndex(({ message }) => message.kind === 'event' && message.type === type)

export const titleOf = (steps: readonly Step[]) => steps.map(({ message }) => message.type).join(', ')

const isGroup = (turn: Turn): turn is readonly (Message | Answered)[] => Array.isArray(turn)
const stepOf = (turn: Message | Answered): Step => ('message' in turn ? turn : { message: turn })

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((first, i) => permutations(items.toSpliced(i, 1)).map(rest => [first, ...rest]))
}
