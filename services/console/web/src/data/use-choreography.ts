import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Choreography } from '../../../src/contract.ts'
import { ask, withQuery } from './ask.ts'

/** What is declared and what was seen of it in the last `minutes`. Rates change with every event, so they are asked for by the clock. */
export const useChoreography = (minutes: number) =>
  useQuery({
    queryKey: ['choreography', minutes],
    queryFn: ({ signal }) => ask<Choreography>(withQuery('/api/choreography', { minutes }), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
