import type { ReactNode } from 'react'

interface ActButtonProps {
  /** Why it may not be pressed; undefined when it may. */
  whyNot: string | undefined
  isPending?: boolean
  onAct: () => void
  primary?: boolean
  danger?: boolean
  children: ReactNode
}

/** A button that changes something. Disabled in words, not by the attribute, which would take it and its reason from the Tab key. */
export const ActButton = ({ whyNot, isPending = false, onAct, primary, danger, children }: ActButtonProps) => (
  <button
    type="button"
    className={primary ? 'primary' : danger ? 'danger' : undefined}
    aria-disabled={whyNot !== undefined || isPending}
    title={whyNot}
    onClick={() => {
      if (whyNot === undefined && !isPending) onAct()
    }}
  >
    {children}
    {whyNot && <span className="unseen"> (not allowed: {whyNot})</span>}
  </button>
)
