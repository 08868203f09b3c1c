export interface Sample<T> {
  add(item: T): void
  /** So many at most, half of them the newest, half from all that ever came. */
  some(count: number): T[]
}

const size = 1_000

/** Keeps the newest items, and of all of them every so-manieth, so that the old ones are spread over the whole time. */
export function createSample<T>(): Sample<T> {
  const newest: T[] = []
  let spread: T[] = []
  let every = 1
  let count = 0
  return {
    add(item) {
      newest.push(item)
      if (newest.length > size) newest.shift()
      if (count++ % every !== 0) return
      spread.push(item)
      if (spread.length < 2 * size) return
      spread = spread.filter((_, n) => n % 2 === 0)
      every *= 2
    },
    some(wanted) {
      const half = Math.ceil(wanted / 2)
      const step = Math.max(1, Math.floor(spread.length / half))
      const old = spread.filter((_, n) => n % step === 0).slice(0, half)
      return [...newest.slice(-half), ...old].slice(0, wanted)
    },
  }
}
