import { type Check, nothing } from './check.ts'
import { play, wrongIn } from './played.ts'
import type { StageOptions } from './stage.ts'
import { ordersOf, type Story, titleOf } from './story.ts'

/** Each order that the story allows ends without a dead message, and with its books even. None for a story of one order. */
export function reordering(o: StageOptions, name: string, story: Story): Check[] {
  const orders = ordersOf(story)
  if (orders.length === 1) return []
  return [
    {
      title: `${name}: ends well in each of its ${orders.length} orders`,
      async check() {
        const found: string[] = []
        for (const order of orders)
          found.push(...wrongIn(o, await play(o, order)).map(wrong => `${titleOf(order)}: ${wrong}`))
        nothing(found)
      },
    },
  ]
}
