import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Posting, posting } from '../../audit.ts'
import { Books } from './books.ts'

function closed(...postings: Posting[]) {
  const books = new Books()
  for (const each of postings) books.post(each)
  if (books.nameWrong()) for (const each of postings) books.postAgain(each)
  return books.close()
}

test('an account that comes to zero is right, in whatever order its rows come', () => {
  const received = [posting('stock', 'lamp', 'received', 10), posting('stock', 'lamp', 'on hand', -6)]
  const gone = [posting('stock', 'lamp', 'sold', -3), posting('stock', 'lamp', 'sold', -1)]
  const book = {
    book: 'stock',
    accounts: 1,
    parts: { received: 10, 'on hand': -6, sold: -4 },
    wrong: 0,
    violations: [],
  }
  expect(closed(...received, ...gone)).toEqual([book])
  expect(closed(...gone, ...received)).toEqual([book])
})

test('one that does not is named with its parts, in each book by itself', () => {
  const found = closed(
    posting('money', 'ada', 'deposited', 5),
    posting('money', 'bob', 'deposited', 5),
    posting('money', 'bob', 'balance', -5),
    posting('debits', 'ada', 'debits', -5),
  )
  const ada = (part: string, amount: number) => ({
    ...{ wrong: 1, violations: [{ account: 'ada', parts: { [part]: amount } }] },
  })
  expect(found).toMatchObject([
    { book: 'debits', accounts: 1, ...ada('debits', -5) },
    { book: 'money', accounts: 2, parts: { deposited: 10, balance: -5 }, ...ada('deposited', 5) },
  ])
})

test('sums are exact beyond the safe integers', () => {
  const max = Number.MAX_SAFE_INTEGER
  const rows = [posting('b', 'a', 'x', max), posting('b', 'a', 'y', max), posting('b', 'a', 'z', -max)]
  expect(closed(...rows, posting('b', 'a', 'w', -max))[0]!.wrong).toBe(0)
  expect(closed(...rows, posting('b', 'a', 'w', 1 - max))[0]!.wrong).toBe(1)
})

test('one account moved by one is found, whatever else is booked', () => {
  const amounts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -9, max: 9 })))
  fc.assert(
    fc.property(amounts, fc.constantFrom('a', 'b', 'c'), (booked, account) => {
      const rows = booked.flatMap(([to, amount]) => [
        posting('book', to, 'in', amount),
        posting('book', to, 'out', -amount),
      ])
      expect(closed(...rows).reduce((wrong, book) => wrong + book.wrong, 0)).toBe(0)
      expect(closed(...rows, posting('book', account, 'out', 1))[0]).toMatchObject({
        wrong: 1,
        violations: [{ account }],
      })
    }),
  )
})

test('a thousand wrong accounts are named, all are counted', () => {
  const rows = Array.from({ length: 1_500 }, (_, i) => posting('b', String(i).padStart(4, '0'), 'x', 1))
  const [book] = closed(...rows)
  expect(book).toMatchObject({ wrong: 1_500, violations: { length: 1_000 } })
})

test('of many wrong accounts in any order the first by name are named', () => {
  const names = Array.from({ length: 5_500 }, (_, i) => String((i * 2_741) % 5_500).padStart(4, '0'))
  const [book] = closed(...names.map(name => posting('b', name, 'x', 1)))
  expect(book!.violations.map(({ account }) => account)).toEqual(names.toSorted().slice(0, 1_000))
})

test('a row that is wrong by more than a number can tell is wrong', () => {
  const max = Number.MAX_SAFE_INTEGER
  const many = Array.from({ length: 5 }, () => posting('b', 'a', 'x', max))
  expect(closed(...many, ...many.map(p => ({ ...p, amount: -max })))[0]!.wrong).toBe(0)
  expect(closed(...many, ...many.map(p => ({ ...p, amount: -max })), posting('b', 'a', 'y', 1))[0]!.wrong).toBe(1)
})

test('right accounts cost a number each, and are not looked at one by one with all their parts', () => {
  const books = new Books()
  for (let n = 0; n < 1_000; n++) {
    books.post(posting('b', `${n}`, 'in', n))
    books.post(posting('b', `${n}`, 'out', -n))
  }
  expect(books.accounts).toBe(1_000)
  expect(books.nameWrong()).toBe(false)
  expect(books.close()).toMatchObject([{ accounts: 1_000, wrong: 0, violations: [] }])
})

test('an amount that is no safe integer is refused', () => {
  for (const amount of [0.5, Number.NaN, 2 ** 53]) expect(() => posting('b', 'a', 'x', amount)).toThrow(RangeError)
})

test('parts are told in the order of their names, of the book and of each account', () => {
  const [book] = closed(...['b', 'a', 'c'].map(part => posting('stock', 'lamp', part, 1)))
  expect(Object.keys(book!.parts)).toEqual(['a', 'b', 'c'])
  expect(Object.keys(book!.violations[0]!.parts)).toEqual(['a', 'b', 'c'])
})

test('a book whose first row came between the two readings is none of those that were read', () => {
  const books = new Books()
  books.post(posting('b', 'a', 'x', 1))
  expect(books.nameWrong()).toBe(true)
  books.postAgain(posting('b', 'a', 'x', 1))
  books.postAgain(posting('new', 'a', 'x', 1))
  expect(books.close().map(({ book }) => book)).toEqual(['b'])
})
