import type { LetterDetail } from 'saga-kit/admin'
import { Identifier } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { operationOf } from '../parts/operation.ts'
import { Scroll } from '../parts/scroll.tsx'
import { shortType } from '../parts/short-type.ts'

/** What waits for the letter's end: messages of its saga, in the order in which they would run. */
export const ParkedTable = ({ behind }: Pick<LetterDetail, 'behind'>) =>
  behind.length === 0 ? null : (
    <section>
      <h3>Waits behind it</h3>
      <Scroll label="What waits behind it">
        <table className="letters-table">
          <thead>
            <tr>
              <th scope="col">Message</th>
              <th scope="col">Kind</th>
              <th scope="col">Step</th>
              <th scope="col">Since (UTC)</th>
              <th scope="col">Due (UTC)</th>
              <th scope="col">Id</th>
            </tr>
          </thead>
          <tbody>
            {behind.map(message => (
              <tr key={message.id}>
                <th scope="row">{message.messageType ? shortType(message.messageType) : '–'}</th>
                <td>{message.kind}</td>
                <td>
                  <code>{operationOf(message)}</code>
                </td>
                <td>
                  <Moment at={message.createdAt} />
                </td>
                <td>{message.dueAt === null ? '–' : <Moment at={message.dueAt} />}</td>
                <td>
                  <Identifier id={message.id} what="message id" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
