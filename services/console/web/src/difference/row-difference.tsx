import { asText, type Field, fieldsOf } from './fields.ts'
import './row-difference.css'

const signs = { same: '', changed: '~', added: '+', removed: '−' } as const
const words = { same: '', changed: 'changed ', added: 'added ', removed: 'removed ' } as const

/** A row's fields, with what a step changed of them: by a sign and words, not by colour alone. */
export function RowDifference({ before, after, name }: { before: unknown; after: unknown; name: string }) {
  const fields = fieldsOf(before, after)
  return (
    <table className="difference" aria-label={name}>
      <tbody>
        {fields.map(field => (
          <tr key={field.name} className={`difference-${field.kind}`}>
            <td className="difference-sign" aria-hidden="true">
              {signs[field.kind]}
            </td>
            <th scope="row">
              <span className="unseen">{words[field.kind]}</span>
              {field.name || 'value'}
            </th>
            <td>
              <Value field={field} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const Value = ({ field: { kind, before, after } }: { field: Field }) => {
  if (kind === 'removed') return <del>{asText(before)}</del>
  if (kind === 'added') return <ins>{asText(after)}</ins>
  if (kind === 'same') return <>{asText(after)}</>
  return (
    <>
      <del>{asText(before)}</del> <span aria-hidden="true">→ </span>
      <ins>{asText(after)}</ins>
    </>
  )
}
