import { useSearchParams } from 'wouter'
import { useLetterGroups } from '../data/use-letters.ts'
import { Asked } from '../parts/asked.tsx'
import { Notice } from '../parts/notice.tsx'
import { useTitle } from '../parts/use-title.ts'
import { GroupPanel } from './group-panel.tsx'
import { groupOf, groupPath } from './group-path.ts'
import { GroupsTable } from './groups-table.tsx'
import { LettersTabs } from './letters-tabs.tsx'

/** Open letters: their groups, or, with a group in the URL, the letters of that one. */
export function LettersPage() {
  useTitle('Dead letters')
  const [search] = useSearchParams()
  const group = groupOf(search)
  return (
    <div className="page">
      <div className="page-head">
        <h1>Dead letters</h1>
        <LettersTabs />
      </div>
      {group ? <GroupPanel key={groupPath(group)} group={group} /> : <Groups />}
    </div>
  )
}

function Groups() {
  const groups = useLetterGroups()
  return (
    <Asked query={groups}>
      {({ groups: found }) =>
        found.length === 0 ? (
          <Notice tone="good">No letter is open: nothing is dead.</Notice>
        ) : (
          <GroupsTable groups={found} />
        )
      }
    </Asked>
  )
}
