import { type KeyboardEvent, useEffect, useRef } from 'react'
import { Icon } from '../../parts/icon.tsx'
import type { Item } from '../lanes/item.ts'
import { ActFacts } from './act-facts.tsx'
import { AwaitedFacts } from './awaited-facts.tsx'
import { EventFacts } from './event-facts.tsx'
import { LetterFacts } from './letter-facts.tsx'
import { StepFacts } from './step-facts.tsx'
import './item-detail.css'

interface ItemDetailProps {
  item: Item
  items: Item[]
  onSelect: (key: string) => void
  onClose: () => void
}

/** All about one box of the lanes, beside them or, on a small screen, over them. Escape closes it and leads back to the box. */
export function ItemDetail({ item, items, onSelect, onClose }: ItemDetailProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const opener = useRef(document.activeElement)
  useEffect(() => {
    // A link to an item must not scroll away from the page's head.
    if (opener.current !== document.body) heading.current?.focus()
  }, [])
  const close = () => {
    onClose()
    if (opener.current instanceof HTMLElement) opener.current.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
  }
  return (
    <aside className="panel item-detail" aria-labelledby="item" onKeyDown={onKeyDown}>
      <header>
        <h2 id="item" ref={heading} tabIndex={-1}>
          {item.title} <span className="muted">· {item.service}</span>
        </h2>
        <button type="button" className="bare" onClick={close}>
          <Icon name="close" /> Close
        </button>
      </header>
      <div className="inside">
        <Facts item={item} items={items} onSelect={onSelect} />
      </div>
    </aside>
  )
}

function Facts({ item, items, onSelect }: Omit<ItemDetailProps, 'onClose'>) {
  const { subject } = item
  switch (subject.kind) {
    case 'event':
      return <EventFacts item={item} event={subject.event} step={subject.step} items={items} onSelect={onSelect} />
    case 'step':
      return <StepFacts step={subject.step} />
    case 'letter':
      return <LetterFacts letter={subject.letter} />
    case 'act':
      return <ActFacts act={subject.act} />
    case 'awaited':
      return <AwaitedFacts awaited={subject.awaited} />
  }
}
