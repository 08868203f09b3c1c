import { describe, expect, test } from 'vitest'
import { blockedOrder, refusedOrder } from '../../../test/fixtures/refused-order.fixture.ts'
import { arrowsOf } from './arrows.ts'
import type { Item } from './item.ts'
import { itemsOf } from './items.ts'
import { isBreak, lanesOf, linesOf, place } from './place.ts'

const told = (items: Item[]) => items.map(({ service, title }) => `${service} ${title}`)

describe('what has a place', () => {
  test('everything that happened, by time; what published nothing stands for itself', () => {
    expect(told(itemsOf(refusedOrder))).toEqual([
      'order OrderPlaced',
      'inventory StockReserved',
      'balance StockReserved died',
      'balance replay by maria.k',
      'balance BalanceRejected',
      'order OrderCancelled',
      'inventory StockReleased',
      'balance BalanceRefunded',
      'order record_stock_released',
      'order record_refund',
      'notification NotificationSent',
    ])
  })

  test('what is awaited comes last, with what it is and where it stands', () => {
    const toCome = itemsOf(blockedOrder).slice(-2)
    expect(toCome.map(({ service, title, atMs }) => [service, title, atMs])).toEqual([
      ['balance', 'BalanceDeducted or BalanceRejected', null],
      ['balance', 'BalanceRefunded', null],
    ])
    expect(toCome.map(({ marks }) => marks.map(({ text }) => text))).toEqual([
      ['dead', '5 tries'],
      ['awaited', 'parked'],
    ])
  })

  test('in one millisecond causes come first', () => {
    const [placed, reserved] = refusedOrder.events
    const events = [{ ...reserved!, at: placed!.at }, placed!]
    expect(told(itemsOf({ ...blockedOrder, events, letters: [], awaited: [] }))).toEqual([
      'order OrderPlaced',
      'inventory StockReserved',
    ])
  })

  test('in one millisecond no undo stands above what it undoes, whoever told of it first', () => {
    const [placed, reserved, , , released] = refusedOrder.events
    // Its timeout is no event that stands here: nothing but the step says that the undo comes last.
    const undone = { ...released!, at: reserved!.at, causationId: `order/${placed!.id}/OrderTimedOut` }
    const events = [undone, { ...reserved!, at: undone.at }, { ...placed!, at: undone.at }]
    expect(told(itemsOf({ ...blockedOrder, events, letters: [], awaited: [] }))).toEqual([
      'order OrderPlaced',
      'inventory StockReserved',
      'inventory StockReleased',
    ])
  })

  test('in one millisecond an action that was refused stays behind the compensation that came before it', () => {
    const [, , , , undo] = refusedOrder.steps
    const late = { ...undo!, direction: 'action' as const, operation: 'reserve_stock', status: 'refused' }
    const told = itemsOf({ ...blockedOrder, events: [], steps: [undo!, late], letters: [], awaited: [] })
    expect(told.map(({ title }) => title)).toEqual(['undo reserve_stock', 'reserve_stock'])
  })

  test('of one service in one millisecond the order of its commits stands, whatever each was caused by', () => {
    const [placed, reserved, , cancelled] = refusedOrder.events
    const at = placed!.at
    // A timer has caused the second, a long story the first.
    const events = [placed!, { ...reserved!, at }, { ...cancelled!, at, causationId: reserved!.id }]
    const timed = {
      ...cancelled!,
      id: 'another',
      type: 'shop.order.Reminded',
      at,
      causationId: 'a-timer',
      step: 'remind',
    }
    expect(told(itemsOf({ ...blockedOrder, events: [...events, timed], letters: [], awaited: [] }))).toEqual([
      'order OrderPlaced',
      'inventory StockReserved',
      'order OrderCancelled',
      'order Reminded',
    ])
  })

  test('a compensation that published nothing is marked as one, too', () => {
    const [, , , , undo] = refusedOrder.steps
    const [item] = itemsOf({ ...blockedOrder, events: [], steps: [undo!], letters: [], awaited: [] })
    expect(item!.marks.map(({ text }) => text)).toEqual(['compensation', 'succeeded'])
  })

  test('ids that name each other as their cause do no harm', () => {
    const [one, other] = refusedOrder.events
    const events = [
      { ...one!, causationId: other!.id },
      { ...other!, causationId: one!.id },
    ]
    expect(itemsOf({ ...blockedOrder, events })).toHaveLength(5)
  })
})

describe('where it is', () => {
  const items = itemsOf(refusedOrder)
  const lanes = lanesOf(items, refusedOrder.services)
  const { placed } = place(items, lanes, 160)

  test('a lane for each service that has to do with it, in the order of all pages, strangers last', () => {
    expect(lanes).toEqual(['order', 'inventory', 'balance', 'notification'])
    expect(lanesOf(items, ['loyalty', 'notification', 'order'])).toEqual([
      'notification',
      'order',
      'balance',
      'inventory',
    ])
  })

  test('one item to a row, and none over another', () => {
    placed.slice(1).forEach((each, at) => {
      expect(each.top).toBeGreaterThan(placed[at]!.top + placed[at]!.height)
    })
  })

  test('a longer time is a longer way, and none is longer than the page bears', () => {
    const gapAfter = (ms: number) => {
      const two = [items[0]!, { ...items[1]!, atMs: items[0]!.atMs! + ms }]
      const [one, other] = place(two, lanes, 160).placed
      return other!.top - one!.top - one!.height
    }
    const gaps = [0, 1, 20, 1_000, 60_000].map(gapAfter)
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    expect(new Set(gaps).size).toBe(gaps.length)
    expect(gapAfter(86_400_000)).toBeLessThan(100)
    expect([isBreak(4_999), isBreak(5_000), isBreak(null)]).toEqual([false, true, false])
  })

  test('marks that do not fit on a line make a box higher', () => {
    const mark = { text: 'twelve chars', tone: 'plain' as const }
    expect([0, 1, 2, 3].map(count => linesOf(Array(count).fill(mark), 215))).toEqual([0, 1, 1, 2])
  })

  test('every effect has its arrow, and those that run side by side do not run over each other', () => {
    const arrows = arrowsOf(placed, { axisWidth: 100, laneWidth: 200 })
    expect(arrows.map(({ to }) => to)).toEqual(
      placed.filter(({ item }) => item.causeId !== null).map(({ item }) => item.key),
    )
    const downs = arrows
      .map(({ path }) => /^M\S+ (\S+)H.*Q(\S+) .*V(\S+)Q/.exec(path)!)
      .map(([, from, x, to]) => ({ x, span: [Number(from), Number(to)].toSorted((a, b) => a - b) }))
    for (const [at, one] of downs.entries())
      for (const other of downs.slice(at + 1))
        if (one.x === other.x) expect(one.span[0]! >= other.span[1]! || other.span[0]! >= one.span[1]!).toBe(true)
  })
})
