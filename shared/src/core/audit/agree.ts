import { familyOf, type Statement } from './figures.ts'

/** One who takes part in the comparison. */
export interface Party {
  readonly service: string
  readonly families: readonly string[]
  /** Whether it says when a saga is settled. */
  readonly settles: boolean
}

/** Figure -> service -> what it says. */
export type Disagreement = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface Judged {
  /**
   * `settled` before the moment; `later`: settled after it, and left out; `open`; `unknown` to those that settle, though
   * somebody else speaks of it; `nobody`: nobody but the engine of one that settles has ever seen it (a refused request).
   */
  readonly standing: 'settled' | 'later' | 'open' | 'unknown' | 'nobody'
  readonly ending: string | null
  /** Empty when all agree. */
  readonly disagree: Disagreement
}

/**
 * What holds of one saga, by what each participant says of it. Settled: all that declare a family agree on each of its
 * figures. Open: only families of which one that settles is sure already, since it names them.
 *
 * @param before ISO 8601, UTC: sagas that settled at or after it are left out
 */
export function agree(parties: readonly Party[], said: ReadonlyMap<string, Statement>, before: string): Judged {
  const settling = parties.flatMap(({ settles, service }) => {
    const statement = settles ? said.get(service) : undefined
    return statement && statement.ending !== null ? [statement] : []
  })
  if (settling.length === 0) {
    const heardOf = parties.some(({ settles, service }) => !settles && said.has(service))
    return { standing: heardOf ? 'unknown' : 'nobody', ending: null, disagree: {} }
  }
  const ending = settling.map(s => s.ending).join(', ')
  const isSettled = settling.every(s => s.settledAt !== null)
  if (isSettled && !settling.every(s => s.settledAt! < before)) return { standing: 'later', ending, disagree: {} }

  const sure = new Set(settling.flatMap(s => Object.keys(s.figures).map(familyOf)))
  return {
    standing: isSettled ? 'settled' : 'open',
    ending,
    disagree: disagreement(parties, said, family => isSettled || sure.has(family)),
  }
}

/** All that is said of a saga, by those who declare it: for a saga that nobody can be compared with. */
export function allSaid(parties: readonly Party[], said: ReadonlyMap<string, Statement>): Disagreement {
  return table(parties, said, () => true)
}

function disagreement(
  parties: readonly Party[],
  said: ReadonlyMap<string, Statement>,
  compared: (family: string) => boolean,
): Disagreement {
  const all = Object.entries(table(parties, said, compared))
  return Object.fromEntries(all.filter(([, amounts]) => new Set(Object.values(amounts)).size > 1))
}

/** Who declares a family says 0 to whatever it does not name. */
function table(
  parties: readonly Party[],
  said: ReadonlyMap<string, Statement>,
  wanted: (family: string) => boolean,
): Disagreement {
  const names = new Set([...said.values()].flatMap(s => Object.keys(s.figures)))
  return Object.fromEntries(
    [...names]
      .filter(name => wanted(familyOf(name)))
      .sort()
      .map(name => {
        const declaring = parties.filter(({ families }) => families.includes(familyOf(name)))
        return [name, Object.fromEntries(declaring.map(p => [p.service, said.get(p.service)?.figures[name] ?? 0]))]
      }),
  )
}
