import { Link } from 'wouter'
import type { LetterGroups } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { thousands } from '../parts/counted.ts'
import { operationOf } from '../parts/operation.ts'
import { Scroll } from '../parts/scroll.tsx'
import { groupPath } from './group-path.ts'

/** Letters of one cause, the longest waiting first. */
export const GroupsTable = ({ groups }: LetterGroups) => (
  <section className="panel" aria-label="Groups">
    <Scroll label="Groups of dead letters">
      <table className="letters-table">
        <thead>
          <tr>
            <th scope="col">Service and step</th>
            <th scope="col">Error</th>
            <th scope="col" className="number">
              Letters
            </th>
            <th scope="col" className="number">
              Sagas
            </th>
            <th scope="col">Oldest died</th>
            <th scope="col">Youngest died</th>
            <th scope="col">Says, for example</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(group => (
            <tr key={`${group.service} ${operationOf(group)} ${group.errorCode}`}>
              <th scope="row">
                <Link href={groupPath({ ...group, error: group.errorCode })}>
                  <strong>{group.service}</strong> <code>{operationOf(group)}</code>
                </Link>
              </th>
              <td>
                <code>{group.errorCode}</code>
              </td>
              <td className="number">{thousands(group.letters)}</td>
              <td className="number">{thousands(group.sagas)}</td>
              <td>
                <Age at={group.oldestAt} />
              </td>
              <td>
                <Age at={group.youngestAt} />
              </td>
              <td className="letters-error muted" title={group.errorMessage}>
                {group.errorMessage}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </section>
)
