import type { LetterDetail } from 'saga-kit/admin'
import { Identifier } from '../parts/identifier.tsx'
import { Moment } from '../parts/moment.tsx'
import { operationOf } from '../parts/operation.ts'
import { shortType } from '../parts/short-type.ts'
import { type Column, Table } from '../parts/table.tsx'

const columns: Column<LetterDetail['behind'][number]>[] = [
  { title: 'Message', is: 'name', of: ({ messageType }) => (messageType ? shortType(messageType) : '–') },
  { title: 'Kind', of: ({ kind }) => kind },
  { title: 'Step', of: message => <code>{operationOf(message)}</code> },
  { title: 'Since (UTC)', of: ({ createdAt }) => <Moment at={createdAt} /> },
  { title: 'Due (UTC)', of: ({ dueAt }) => (dueAt === null ? '–' : <Moment at={dueAt} />) },
  { title: 'Id', of: ({ id }) => <Identifier id={id} what="message id" /> },
]

/** What waits for the letter's end: messages of its saga, in the order in which they would run. */
export const ParkedTable = ({ behind }: Pick<LetterDetail, 'behind'>) =>
  behind.length === 0 ? null : (
    <section>
      <h3>Waits behind it</h3>
      <Table
        label="What waits behind it"
        className="letters-table"
        columns={columns}
        rows={behind}
        keyOf={({ id }) => id}
      />
    </section>
  )
