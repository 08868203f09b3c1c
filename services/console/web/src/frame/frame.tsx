import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { useLive } from '../data/use-live.ts'
import { LiveMark } from './live-mark.tsx'
import { Navigation } from './navigation.tsx'
import { Operator } from './operator.tsx'
import { useSearchKey } from './use-search-key.ts'
import './frame.css'

/** What is around every page. */
export function Frame({ children }: { children: ReactNode }) {
  const live = useLive()
  const main = useFocusOnNewPage()
  useSearchKey()
  return (
    <>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="frame">
        <Navigation />
        <div className="frame-end">
          <LiveMark standing={live} />
          <Operator />
        </div>
      </header>
      <main id="page" ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

/** A screen reader and the Tab key begin at the new page, not at the link that was taken, as after a page's load. */
function useFocusOnNewPage() {
  const main = useRef<HTMLElement>(null)
  const [path] = useLocation()
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    // The page may have put it somewhere itself, such as into its search.
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [path])
  return main
}
