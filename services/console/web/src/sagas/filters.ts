import { useSearchParams } from 'wouter'

/** In the page's URL as in the API's: what one sees can be sent to a colleague. */
export const filterNames = ['id', 'state', 'overdue', 'ending', 'step', 'error', 'attribute', 'olderThanMs'] as const
export type FilterName = (typeof filterNames)[number]

const perPage = 50

/** What the API is asked for a page's URL; in one order, so that the same question is the same cached answer. */
export function askedBy(search: URLSearchParams): string {
  const asked = new URLSearchParams()
  for (const name of [...filterNames, 'after']) {
    const value = search.get(name)
    if (value) asked.set(name, value)
  }
  asked.set('limit', String(perPage))
  return asked.toString()
}

/** With other filters a page begins at its beginning again. */
export function withFilter(search: URLSearchParams, name: FilterName, value: string): URLSearchParams {
  const changed = new URLSearchParams(search)
  changed.delete('after')
  changed.delete('search')
  if (value) changed.set(name, value)
  else changed.delete(name)
  return changed
}

export const hasFilters = (search: URLSearchParams) => filterNames.some(name => search.get(name))

/** The filters of the page's URL, and how to set one. They replace the URL: the way back leads to the page before, not through every letter typed. */
export function useFilters() {
  const [search, setSearch] = useSearchParams()
  const set = (name: FilterName, value: string) =>
    setSearch(before => withFilter(before, name, value), { replace: true })
  return { search, of: (name: FilterName) => search.get(name) ?? '', set }
}
