import type { Pool } from 'pg'
import type { Act } from 'saga-kit/admin'
import { type Admin, adminContract, askAll } from 'saga-kit/operating'
import { columnsBy, recordset } from 'saga-kit/parts'

/** A service answers at most so many acts at once. */
const pageSize = 500
/** Somebody waits for them: the rest is copied the next time. */
const [mostPages, answerWithinMs] = [20, 3_000]

/**
 * Copies what the services keep of acts on their letters, each from where it was copied last. A page that is not full is read
 * again the next time, and what is there stays as it is. @returns who did not answer
 */
export async function copyActs(pool: Pool, admins: readonly Admin[]) {
  const copied = await pool.query<{ service: string; after: string }>('select service, after from copied_acts')
  const from = new Map(copied.rows.map(({ service, after }) => [service, after]))
  const { silent } = await askAll(admins, async admin => {
    let after = from.get(admin.service)
    for (let pages = 0; pages < mostPages; pages++) {
      const query = { after, limit: String(pageSize) }
      const page = await admin.get('/admin/acts', query, adminContract.actPage, answerWithinMs)
      if (!page) return
      await insert(pool, admin.service, page.acts)
      if (page.next === null) return
      after = page.next
      await keepPlace(pool, admin.service, after)
    }
  })
  return silent
}

const rows = recordset(
  columnsBy<Act>({
    'at timestamptz': act => act.at,
    'operator text': act => act.operator,
    'act text': act => act.act,
    'id text': act => act.id,
    'saga_id uuid': act => act.sagaId,
    'deaths integer': act => act.deaths,
    'plan text': act => act.plan,
    'reason text': act => act.reason,
    'forced boolean': act => act.forced,
  }),
  { firstParameter: 2 },
)

async function insert(pool: Pool, service: string, acts: readonly Act[]): Promise<void> {
  if (acts.length === 0) return
  await pool.query(
    `insert into acts (service, at, operator, act, id, saga_id, deaths, plan, reason, forced)
     select $1, ${rows.select} from ${rows.from}
     on conflict do nothing`,
    [service, ...rows.values(acts)],
  )
}

async function keepPlace(pool: Pool, service: string, after: string): Promise<void> {
  await pool.query(
    `insert into copied_acts (service, after) values ($1, $2)
     on conflict (service) do update set after = excluded.after`,
    [service, after],
  )
}
