import type { ReactNode } from 'react'

/** What may be wider than the page scrolls in here, by keyboard too, so that the page itself never does. */
export const Scroll = ({ label, children }: { label: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/useSemanticElements: it is no group of fields, and a section would be one landmark more
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus to be scrolled by keyboard
  <div className="scroll" role="group" aria-label={label} tabIndex={0}>
    {children}
  </div>
)
