/**
 * Every state that one saga of the shop, or two on the same stock and the same account, can get into.
 *
 *   npm run explore -- [--copies 1] [--crashes 1] [--sagas 1] [--most 1000000]
 *
 * Exit code 0; 1 when anything that must hold does not, with the way that leads there; 2 when the bound was too large.
 */
import { parseArgs } from 'node:util'
import { explore } from 'saga-kit/simulation'
import { exploredText } from './explored-text.ts'
import { oneSaga, smallShop, twoSagas } from './small-shop.ts'

const { values } = parseArgs({
  options: {
    ...{ copies: { type: 'string', default: '1' }, crashes: { type: 'string', default: '1' } },
    ...{ sagas: { type: 'string', default: '1' }, most: { type: 'string', default: '1000000' } },
  },
})
const wishes = values.sagas === '2' ? twoSagas : oneSaga
const bound = {
  wishes,
  copies: Number(values.copies),
  crashes: Number(values.crashes),
  mostStates: Number(values.most),
}
const explored = await explore(smallShop, bound)
console.log(exploredText(explored))
process.exitCode = explored.violations.length > 0 ? 1 : explored.isComplete ? 0 : 2
