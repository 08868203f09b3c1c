import { Link, useSearchParams } from 'wouter'
import type { Selection } from '../../../src/contract.ts'
import { type GroupFilter, noStep, useLetterGroups, useLetters } from '../data/use-letters.ts'
import { Asked } from '../parts/asked.tsx'
import { counted } from '../parts/counted.ts'
import { Pager } from '../parts/pager.tsx'
import { ActBar } from './act-bar.tsx'
import { GroupName } from './group-name.tsx'
import { LettersTable } from './letters-table.tsx'
import { useSelected } from './use-selected.ts'

/** The letters of one group, to look at one or to act on all or some of them. */
export function GroupPanel({ group }: { group: GroupFilter }) {
  const [search] = useSearchParams()
  const letters = useLetters(group, search.get('after'))
  const all = useAll(group)
  const selected = useSelected()
  const whole: Selection = {
    service: group.service,
    error: group.error,
    step: group.step ?? noStep,
  }
  return (
    <>
      <p className="small">
        <Link href="/letters">← All groups</Link>
      </p>
      <section className="panel" aria-labelledby="group">
        <header>
          <h2 id="group">
            <GroupName service={group.service} step={group.step} errorCode={group.error} />
          </h2>
        </header>
        <ActBar
          selection={selected.count > 0 ? selected.letters() : whole}
          count={selected.count > 0 ? selected.count : all}
          onDone={selected.clear}
          about={
            selected.count > 0 ? (
              <>
                {counted(selected.count, 'letter is', 'letters are')} selected.{' '}
                <button type="button" className="bare" onClick={selected.clear}>
                  Select none
                </button>
              </>
            ) : (
              <>
                {all === undefined ? 'All letters' : `All ${counted(all, 'letter')}`} of the group, unless you select
                some.
              </>
            )
          }
        />
        <div aria-busy={letters.isPlaceholderData}>
          <Asked query={letters}>
            {({ letters: found, next }) => (
              <>
                <LettersTable letters={found} selected={selected} />
                <Pager next={next} what="letters" />
              </>
            )}
          </Asked>
        </div>
      </section>
    </>
  )
}

/** How many letters the group has, over all pages and directions. */
function useAll({ service, step, error }: GroupFilter): number | undefined {
  const groups = useLetterGroups().data?.groups
  return groups
    ?.filter(each => each.service === service && each.step === step && each.errorCode === error)
    .reduce((sum, each) => sum + each.letters, 0)
}
