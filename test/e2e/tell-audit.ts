import { invariantsOf } from '../../shared/src/core/audit/invariant-lines.ts'
import { auditShop, type ShopDatabases, violationsOf } from './invariants.ts'

/** Prints what always holds, a line each with its figures, for a shop that is in use. False when something does not. */
export async function tellAudit(databases: ShopDatabases): Promise<boolean> {
  const audit = await auditShop(databases)
  for (const { name, holds, figures } of invariantsOf(audit))
    console.log(`${holds ? 'holds' : 'DOES NOT'}  ${name}; ${figures}`)
  for (const violation of violationsOf(audit)) console.log(violation)
  return audit.found === 0
}
