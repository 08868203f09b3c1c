import { useSearchParams } from 'wouter'

/** After how many steps one looks, from the page's URL; the last unless it is told. */
export function usePosition(last: number): [number, (position: number) => void] {
  const [search, setSearch] = useSearchParams()
  const asked = search.get('after-step')
  const position = asked !== null && /^\d+$/.test(asked) ? Math.min(Number(asked), last) : last
  const set = (next: number) =>
    setSearch(
      before => {
        if (next === last) before.delete('after-step')
        else before.set('after-step', String(next))
        return before
      },
      { replace: true },
    )
  return [position, set]
}
