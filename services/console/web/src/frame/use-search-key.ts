import { useEffect } from 'react'
import { useLocation } from 'wouter'

/** The id of the field that `/` goes to. */
export const searchFieldId = 'saga-search'

/** `/` goes to the search, from any page, unless one is writing. */
export function useSearchKey() {
  const [, navigate] = useLocation()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return
      event.preventDefault()
      const field = document.getElementById(searchFieldId)
      if (field) field.focus()
      else navigate('/sagas?search')
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate])
}

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.closest('input:not([type=checkbox], [type=radio], [type=range]), textarea, select, dialog') !== null
