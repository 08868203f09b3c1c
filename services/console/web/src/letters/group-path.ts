import { withQuery } from '../data/ask.ts'
import type { GroupFilter } from '../data/use-letters.ts'

/** The page of one group. A record that nobody could read was at no step. */
export const groupPath = ({ service, step, error }: GroupFilter) => withQuery('/letters', { service, step, error })

/** The group of the page's URL; undefined when it names none. */
export function groupOf(search: URLSearchParams): GroupFilter | undefined {
  const [service, error] = [search.get('service'), search.get('error')]
  return service && error ? { service, step: search.get('step'), error } : undefined
}
