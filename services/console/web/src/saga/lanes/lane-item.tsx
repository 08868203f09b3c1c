import { utc } from '../../parts/moment.tsx'
import { Tag } from '../../parts/tag.tsx'
import { gutter } from './arrows.ts'
import type { Item } from './item.ts'
import type { Placed } from './place.ts'

interface LaneItemProps {
  placed: Placed
  left: number
  width: number
  cause: Item | undefined
  isSelected: boolean
  tabIndex: 0 | -1
  onSelect: () => void
  onFocus: () => void
  onPoint: () => void
}

/** One box in the lanes: a button that shows all about it. Its words say what its place says. */
export function LaneItem({ placed, left, width, cause, isSelected, tabIndex, ...on }: LaneItemProps) {
  const { item, top, height } = placed
  return (
    <li style={{ top, left: left + gutter, width: width - 2 * gutter, height }}>
      <button
        type="button"
        data-roving
        className={`item item-${item.subject.kind}${isUndo(item) ? ' item-undo' : ''}${isOpenLetter(item) ? ' item-dead' : ''}`}
        aria-pressed={isSelected}
        tabIndex={tabIndex}
        onClick={on.onSelect}
        onFocus={on.onFocus}
        onPointerEnter={on.onPoint}
      >
        <span className="unseen">
          {item.atMs === null ? 'awaited' : utc(new Date(item.atMs).toISOString(), 'time')}, {item.service}:{' '}
        </span>
        <span className="item-title" title={item.title}>
          {item.title}
        </span>
        {item.operation && <code className="item-operation">{item.operation}</code>}
        {item.marks.length > 0 && (
          <span className="item-marks">
            {item.marks.map(mark => (
              <Tag key={mark.text} tone={mark.tone} {...(mark.icon ? { icon: mark.icon } : {})}>
                {mark.text}
              </Tag>
            ))}
          </span>
        )}
        {cause && (
          <span className="unseen">
            , because of {cause.title} of {cause.service}
          </span>
        )}
      </button>
    </li>
  )
}

const isUndo = ({ subject }: Item) =>
  (subject.kind === 'event' && subject.event.direction === 'compensation') ||
  (subject.kind === 'step' && subject.step.direction === 'compensation')
const isOpenLetter = ({ subject }: Item) => subject.kind === 'letter' && subject.letter.status === 'open'
