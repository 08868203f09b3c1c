import { Link } from 'wouter'
import type { ObservedLetter } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { shortened } from '../parts/identifier.tsx'
import { operationOf } from '../parts/operation.ts'
import { Scroll } from '../parts/scroll.tsx'
import { shortType } from '../parts/short-type.ts'
import { letterPath } from './letter-path.ts'
import type { useSelected } from './use-selected.ts'

interface LettersTableProps {
  letters: ObservedLetter[]
  selected: ReturnType<typeof useSelected>
}

/** A page of letters, the oldest death first. */
export function LettersTable({ letters, selected }: LettersTableProps) {
  if (letters.length === 0) return <p className="inside muted">No letter of this group is open any more.</p>
  const all = letters.every(selected.has)
  return (
    <Scroll label="Letters">
      <table className="letters-table">
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Select all letters of this page"
                checked={all}
                onChange={() => selected.set(letters, !all)}
              />
            </th>
            <th scope="col">Message</th>
            <th scope="col">Saga</th>
            <th scope="col">Step</th>
            <th scope="col">Died</th>
            <th scope="col" className="number">
              Tries
            </th>
            <th scope="col" className="number">
              Deaths
            </th>
            <th scope="col">Says</th>
          </tr>
        </thead>
        <tbody>
          {letters.map(letter => (
            <tr key={`${letter.id} ${letter.sagaId}`}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Select ${letter.messageType ?? 'the message'} ${letter.id}`}
                  checked={selected.has(letter)}
                  onChange={event => selected.set([letter], event.target.checked)}
                />
              </td>
              <th scope="row">
                <Link href={letterPath(letter)}>
                  {letter.messageType ? shortType(letter.messageType) : <code>{shortened(letter.id)}</code>}
                </Link>
              </th>
              <td>
                {letter.sagaId === null ? (
                  <span className="muted">none</span>
                ) : (
                  <Link className="mono" href={`/sagas/${encodeURIComponent(letter.sagaId)}`} title={letter.sagaId}>
                    {shortened(letter.sagaId)}
                  </Link>
                )}
              </td>
              <td>
                <code>{operationOf(letter)}</code>
              </td>
              <td>
                <Age at={letter.diedAt} />
              </td>
              <td className="number">{letter.attempts}</td>
              <td className="number">{letter.deaths}</td>
              <td className="letters-error muted" title={letter.errorMessage}>
                {letter.errorMessage}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
