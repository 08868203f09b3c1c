import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { searchFieldId } from '../frame/use-search-key.ts'
import { sagaPath } from '../parts/saga-link.tsx'
import { useFilters } from './filters.ts'
import { useLateText } from './use-late-text.ts'

const wholeIdLength = 36

/** Finds sagas by the beginning of their id; Enter on a whole id opens it. */
export function IdSearch() {
  const { search, of, set } = useFilters()
  const [, navigate] = useLocation()
  const text = useLateText(of('id'), value => set('id', value.trim()))
  const field = useRef<HTMLInputElement>(null)
  const asked = search.has('search')
  useEffect(() => {
    if (asked) field.current?.focus()
  }, [asked])
  return (
    <form
      className="field filters-id"
      onSubmit={event => {
        event.preventDefault()
        const id = text.value.trim()
        if (id.length >= wholeIdLength) navigate(sagaPath(id))
        else text.commit()
      }}
    >
      <label htmlFor={searchFieldId} className="muted">
        Saga id <kbd>/</kbd>
      </label>
      <input
        id={searchFieldId}
        ref={field}
        type="search"
        placeholder="its beginning, or all of it"
        spellCheck={false}
        autoComplete="off"
        value={text.value}
        onChange={event => text.type(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
    </form>
  )
}
