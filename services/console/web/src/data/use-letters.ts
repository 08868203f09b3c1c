import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ActResult, LetterDetail } from 'saga-kit/admin'
import type { z } from 'zod'
import type { ActPage, DryRuns, discardRequest, LetterGroups, LetterPage, Selection } from '../../../src/contract.ts'
import { ask, tell, withQuery } from './ask.ts'

export type GroupFilter = { service: string; step: string | null; error: string }
/** What the API calls the step of letters that are of none: a record that nobody could read. */
export const noStep = ''
export type LetterName = { service: string; id: string; sagaId: string | null }

export const useLetterGroups = () =>
  useQuery({
    queryKey: ['letters', 'groups'],
    queryFn: ({ signal }) => ask<LetterGroups>('/api/letters/groups', { signal }),
  })

export const useLetters = ({ service, step, error }: GroupFilter, after: string | null) =>
  useQuery({
    queryKey: ['letters', 'page', service, step, error, after],
    queryFn: ({ signal }) =>
      ask<LetterPage>(withQuery('/api/letters', { service, step: step ?? noStep, error, after, limit: 50 }), {
        signal,
      }),
    placeholderData: keepPreviousData,
  })

export const useLetter = ({ service, id, sagaId }: LetterName) =>
  useQuery({
    queryKey: ['letter', service, id, sagaId],
    queryFn: ({ signal }) => ask<LetterDetail>(withQuery('/api/letter', { service, id, sagaId }), { signal }),
  })

export const useDryRuns = () =>
  useMutation({
    mutationFn: (input: { selection: Selection; sample: number }) =>
      tell<DryRuns>('/api/dry-runs', { ...input.selection, sample: input.sample }),
  })

export function useDiscard() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: z.infer<typeof discardRequest>) => tell<ActResult>('/api/discards', request),
    onSuccess: () =>
      Promise.all(['letters', 'letter', 'acts'].map(key => client.invalidateQueries({ queryKey: [key] }))),
  })
}

export const useActs = (after: string | null) =>
  useQuery({
    queryKey: ['acts', after],
    queryFn: ({ signal }) => ask<ActPage>(withQuery('/api/acts', { after, limit: 50 }), { signal }),
    placeholderData: keepPreviousData,
  })
