import type { Acts } from './acts.ts'
import {
  actResults,
  type DryRun,
  discardRequest,
  dryRun,
  type LetterRef,
  letterRef,
  replayRequest,
  restoreRequest,
} from './contract.ts'
import { operatorOf } from './guard.ts'
import { type PostRoute, postRoute } from './post-route.ts'

/** What operators do to letters (rules 19 to 21). Each act names who does it, and is kept with that; a dry run is none. */
export function actRoutes(
  acts: Pick<Acts, 'replay' | 'restore' | 'discard'>,
  tryOut: (letter: LetterRef) => Promise<DryRun>,
): PostRoute[] {
  return [
    postRoute({
      ...{ path: '/admin/dry-runs', body: letterRef, answer: dryRun },
      run: letter => tryOut(letter),
    }),
    postRoute({
      ...{ path: '/admin/replays', body: replayRequest, answer: actResults },
      run: async ({ letters, plan }, request) => ({
        results: await acts.replay(letters, { operator: operatorOf(request), plan }),
      }),
    }),
    postRoute({
      ...{ path: '/admin/restores', body: restoreRequest, answer: actResults },
      async run({ letters, plan }, request) {
        const of = letters.map(({ keyBase64, headers, bodyBase64, ...letter }) => ({
          ...letter,
          envelope: { key: bytes(keyBase64), headers, body: bytes(bodyBase64) },
        }))
        return { results: await acts.restore(of, { operator: operatorOf(request), plan }) }
      },
    }),
    postRoute({
      ...{ path: '/admin/discards', body: discardRequest, answer: actResults },
      run: async ({ letter, ...how }, request) => ({
        results: [await acts.discard(letter, { operator: operatorOf(request), ...how })],
      }),
    }),
  ]
}

const bytes = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'))
