import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Counts, SagaDetail, SagaPage } from '../../../src/contract.ts'
import { ask, withQuery } from './ask.ts'

/** What becomes overdue or older by the clock alone gives no hint. */
const clockMs = 30_000

/** A page of sagas, the youngest first. @param search as the contract's query */
export const useSagas = (search: string) =>
  useQuery({
    queryKey: ['sagas', search],
    queryFn: ({ signal }) => ask<SagaPage>(`/api/sagas?${search}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: clockMs,
  })

export const useCounts = (hours: number) =>
  useQuery({
    queryKey: ['counts', hours],
    queryFn: ({ signal }) => ask<Counts>(withQuery('/api/counts', { hours }), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: clockMs,
  })

export const useSaga = (sagaId: string) =>
  useQuery({
    queryKey: ['saga', sagaId],
    queryFn: ({ signal }) => ask<SagaDetail>(`/api/sagas/${encodeURIComponent(sagaId)}`, { signal }),
    refetchInterval: clockMs,
  })
