import { Link } from 'wouter'
import type { LetterGroups } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { thousands } from '../parts/counted.ts'
import { operationOf } from '../parts/operation.ts'
import { type Column, Table } from '../parts/table.tsx'
import { ErrorText } from './error-text.tsx'
import { groupPath } from './group-path.ts'

const columns: Column<LetterGroups['groups'][number]>[] = [
  {
    title: 'Service and step',
    is: 'name',
    of: group => (
      <Link href={groupPath({ ...group, error: group.errorCode })}>
        <strong>{group.service}</strong> <code>{operationOf(group)}</code>
      </Link>
    ),
  },
  { title: 'Error', of: ({ errorCode }) => <code>{errorCode}</code> },
  { title: 'Letters', is: 'number', of: ({ letters }) => thousands(letters) },
  { title: 'Sagas', is: 'number', of: ({ sagas }) => thousands(sagas) },
  { title: 'Oldest died', of: ({ oldestAt }) => <Age at={oldestAt} /> },
  { title: 'Youngest died', of: ({ youngestAt }) => <Age at={youngestAt} /> },
  { title: 'Says, for example', of: ({ errorMessage }) => <ErrorText text={errorMessage} /> },
]

/** Letters of one cause, the longest waiting first. */
export const GroupsTable = ({ groups }: LetterGroups) => (
  <section className="panel" aria-label="Groups">
    <Table
      label="Groups of dead letters"
      className="letters-table"
      columns={columns}
      rows={groups}
      keyOf={group => `${group.service} ${operationOf(group)} ${group.errorCode}`}
    />
  </section>
)
