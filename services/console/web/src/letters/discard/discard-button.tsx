import { useState } from 'react'
import type { LetterDetail } from 'saga-kit/admin'
import { useWhyNot } from '../../data/session.ts'
import { ActButton } from '../act-button.tsx'
import { DiscardDialog } from './discard-dialog.tsx'

export function DiscardButton({ letter }: { letter: LetterDetail }) {
  const whyNot = useWhyNot()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <ActButton whyNot={whyNot} danger onAct={() => setOpen(true)}>
        Discard …
      </ActButton>
      {isOpen && <DiscardDialog letter={letter} onClose={() => setOpen(false)} />}
    </>
  )
}
