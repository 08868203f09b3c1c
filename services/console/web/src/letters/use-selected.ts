import { useState } from 'react'
import type { ObservedLetter, Selection } from '../../../src/contract.ts'

const nameOf = ({ service, id, sagaId }: ObservedLetter) => JSON.stringify([service, id, sagaId])

/** Which letters of a group are chosen, over its pages. Each with its death: one that dies anew meanwhile is another letter. */
export function useSelected() {
  const [chosen, setChosen] = useState<ReadonlyMap<string, ObservedLetter>>(new Map())
  const set = (letters: readonly ObservedLetter[], selected: boolean) =>
    setChosen(before => {
      const after = new Map(before)
      for (const letter of letters)
        if (selected) after.set(nameOf(letter), letter)
        else after.delete(nameOf(letter))
      return after
    })
  return {
    count: chosen.size,
    has: (letter: ObservedLetter) => chosen.has(nameOf(letter)),
    set,
    clear: () => setChosen(new Map()),
    letters: () => pinned([...chosen.values()]),
  }
}

/** Exactly these letters. */
export const pinned = (
  letters: readonly Pick<ObservedLetter, 'service' | 'id' | 'sagaId' | 'deaths'>[],
): Selection => ({
  letters: letters.map(({ service, id, sagaId, deaths }) => ({ service, id, sagaId, deaths })),
})
