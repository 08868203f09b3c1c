import type { LetterDetail } from 'saga-kit/admin'

/** Why a discard would need force, and what it would leave behind. */
export const forceTexts: Record<NonNullable<LetterDetail['needsForce']>, string> = {
  compensation:
    'This message undoes a step. Discarded, what was done stays done: nobody undoes it unless you do it by hand.',
  'owes-answer':
    'Others wait for this step’s answer. Discarded, it is never published, and the saga stays open for ever unless something else ends it.',
  'call-in-doubt': 'A call to the outside was begun and may have happened. Discarded, nobody finds out whether it did.',
}
