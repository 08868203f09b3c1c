import type { ReactNode } from 'react'

/** What may be wider than the page scrolls in here, by keyboard too, so that the page itself never does. */
export const Scroll = ({ label, children }: { label: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus to be scrolled by keyboard
  <section className="scroll" aria-label={label} tabIndex={0}>
    {children}
  </section>
)
