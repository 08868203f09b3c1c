import { Link, useSearchParams } from 'wouter'
import './pager.css'

/** Ways to the next page and back to the first. The page before is the browser's way back. */
export function Pager({ next, what }: { next: string | null; what: string }) {
  const [search] = useSearchParams()
  const isFirst = !search.has('after')
  if (isFirst && next === null) return null
  return (
    <nav className="pager" aria-label={`Pages of ${what}`}>
      {!isFirst && <Link href={withAfter(search, null)}>First page</Link>}
      {next !== null && (
        <Link href={withAfter(search, next)} rel="next">
          Next page
        </Link>
      )}
    </nav>
  )
}

function withAfter(search: URLSearchParams, after: string | null) {
  const changed = new URLSearchParams(search)
  if (after === null) changed.delete('after')
  else changed.set('after', after)
  return `?${changed}`
}
