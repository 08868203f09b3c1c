import { type FormEvent, useState } from 'react'
import type { LetterDetail } from 'saga-kit/admin'
import { useDiscard } from '../../data/use-letters.ts'
import { why } from '../../parts/asked.tsx'
import { Modal } from '../../parts/modal.tsx'
import { Notice } from '../../parts/notice.tsx'
import { forceTexts } from './needs-force.ts'

/** Gives a message up, for a reason that is kept for ever. */
export function DiscardDialog({ letter, onClose }: { letter: LetterDetail; onClose: () => void }) {
  const discard = useDiscard()
  const [reason, setReason] = useState('')
  const [force, setForce] = useState(false)
  const { service, id, sagaId, deaths, needsForce, parkedBehind } = letter
  const result = discard.data
  const submit = (event: FormEvent) => {
    event.preventDefault()
    discard.mutate({ service, id, sagaId, deaths, reason: reason.trim(), force })
  }
  const isReady = reason.trim().length >= 3 && (needsForce === null || force)
  return (
    <Modal title="Discard this message?" onClose={onClose}>
      <form onSubmit={submit}>
        <p className="small">
          Its step will never run. {parkedBehind > 0 && `What is parked behind it (${parkedBehind}) runs then. `}This
          cannot be undone.
        </p>
        <label className="field">
          <span>Reason, at least three letters; it is kept with your name</span>
          <textarea
            rows={3}
            maxLength={1_000}
            required
            minLength={3}
            value={reason}
            onChange={event => setReason(event.target.value)}
          />
        </label>
        {needsForce !== null && (
          <>
            <Notice tone="warn">{forceTexts[needsForce]}</Notice>
            <label className="check">
              <input type="checkbox" checked={force} onChange={event => setForce(event.target.checked)} />
              Discard it by force; the audit will name it for ever
            </label>
          </>
        )}
        {discard.error && <Notice tone="bad">{why(discard.error)}</Notice>}
        {result && result.result !== 'done' && (
          <Notice tone="warn">
            Not discarded: {result.result}. {result.detail}
          </Notice>
        )}
        <div className="row">
          <button type="button" onClick={onClose}>
            Keep it
          </button>
          <button type="submit" className="danger" disabled={!isReady || discard.isPending}>
            Discard it
          </button>
        </div>
      </form>
    </Modal>
  )
}
