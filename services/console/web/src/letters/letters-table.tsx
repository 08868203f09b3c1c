import { Link } from 'wouter'
import type { ObservedLetter } from '../../../src/contract.ts'
import { Age } from '../parts/age.tsx'
import { shortened } from '../parts/identifier.tsx'
import { operationOf } from '../parts/operation.ts'
import { SagaLink } from '../parts/saga-link.tsx'
import { shortType } from '../parts/short-type.ts'
import { type Column, Table } from '../parts/table.tsx'
import { ErrorText } from './error-text.tsx'
import { letterPath } from './letter-path.ts'
import type { useSelected } from './use-selected.ts'

const told: Column<ObservedLetter>[] = [
  {
    title: 'Message',
    is: 'name',
    of: letter => (
      <Link href={letterPath(letter)}>
        {letter.messageType ? shortType(letter.messageType) : <code>{shortened(letter.id)}</code>}
      </Link>
    ),
  },
  {
    title: 'Saga',
    of: ({ sagaId }) => (sagaId === null ? <span className="muted">none</span> : <SagaLink sagaId={sagaId} />),
  },
  { title: 'Step', of: letter => <code>{operationOf(letter)}</code> },
  { title: 'Died', of: ({ diedAt }) => <Age at={diedAt} /> },
  { title: 'Tries', is: 'number', of: ({ attempts }) => attempts },
  { title: 'Deaths', is: 'number', of: ({ deaths }) => deaths },
  { title: 'Says', of: ({ errorMessage }) => <ErrorText text={errorMessage} /> },
]

interface LettersTableProps {
  letters: ObservedLetter[]
  selected: ReturnType<typeof useSelected>
}

/** A page of letters, the oldest death first. */
export function LettersTable({ letters, selected }: LettersTableProps) {
  if (letters.length === 0) return <p className="inside muted">No letter of this group is open any more.</p>
  const all = letters.every(selected.has)
  const choosing: Column<ObservedLetter> = {
    title: (
      <input
        type="checkbox"
        aria-label="Select all letters of this page"
        checked={all}
        onChange={() => selected.set(letters, !all)}
      />
    ),
    of: letter => (
      <input
        type="checkbox"
        aria-label={`Select ${letter.messageType ?? 'the message'} ${letter.id}`}
        checked={selected.has(letter)}
        onChange={event => selected.set([letter], event.target.checked)}
      />
    ),
  }
  return (
    <Table
      label="Letters"
      className="letters-table"
      columns={[choosing, ...told]}
      rows={letters}
      keyOf={({ id, sagaId }) => `${id} ${sagaId}`}
    />
  )
}
