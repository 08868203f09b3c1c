import { asText } from '../../difference/fields.ts'

/** A message's headers; a value that is no text is shown as `{ base64 }`. */
export const Headers = ({ headers }: { headers: Record<string, unknown> }) => (
  <details open>
    <summary>
      <h3 className="inline">Headers</h3>
    </summary>
    <table className="headers">
      <tbody>
        {Object.entries(headers).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{asText(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
)
