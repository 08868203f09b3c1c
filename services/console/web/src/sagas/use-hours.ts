import { useSearchParams } from 'wouter'

export const spans = [
  { hours: 1, label: '1 hour' },
  { hours: 6, label: '6 hours' },
  { hours: 24, label: '24 hours' },
  { hours: 168, label: '7 days' },
] as const

/** Over how many hours endings are counted, from the page's URL. */
export function useHours(): [number, (hours: string) => void] {
  const [search, setSearch] = useSearchParams()
  const hours = spans.find(span => String(span.hours) === search.get('hours'))?.hours ?? 24
  const set = (chosen: string) =>
    setSearch(
      before => {
        before.set('hours', chosen)
        return before
      },
      { replace: true },
    )
  return [hours, set]
}
