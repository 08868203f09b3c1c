import { createHash } from 'node:crypto'

/** Draws that are the same for the same names, whatever else was drawn meanwhile. */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number
  /** A whole number, both ends included. */
  int(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
}

/** A generator of its own for each list of names (sfc32): no draw depends on the order in which others are made. */
export function randomOf(...names: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(names)).digest()
  let [a, b, c, d] = [0, 4, 8, 12].map(at => digest.readUInt32LE(at)) as [number, number, number, number]

  function next(): number {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 2 ** 32
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    int,
    chance: probability => next() < probability,
    pick: list => list[int(0, list.length - 1)]!,
    shuffled(list) {
      const all = [...list]
      for (let i = all.length - 1; i > 0; i--) {
        const j = int(0, i)
        ;[all[i], all[j]] = [all[j]!, all[i]!]
      }
      return all
    },
  }
}
