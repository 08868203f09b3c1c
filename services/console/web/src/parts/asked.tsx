import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Problem } from '../data/ask.ts'
import { Notice } from './notice.tsx'

/** What a page shows of a question to the server: that it is being asked, the answer, or why there is none. */
export function Asked<Answer>({
  query,
  children,
}: {
  query: UseQueryResult<Answer>
  children: (answer: Answer) => ReactNode
}) {
  const { data, error, refetch, isFetching } = query
  return (
    <>
      {error && (
        <Notice tone="bad">
          {why(error)} {data !== undefined && 'What is shown may be old. '}
          <button type="button" className="bare" disabled={isFetching} onClick={() => void refetch()}>
            Ask again
          </button>
        </Notice>
      )}
      {data !== undefined ? children(data) : !error && <p className="muted small">Loading …</p>}
    </>
  )
}

export const why = (error: Error) =>
  error instanceof Problem ? error.message : 'The console’s server does not answer.'
