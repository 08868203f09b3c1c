import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Plan, PlanLetterPage, Plans, Selection } from '../../../src/contract.ts'
import { ask, tell, withQuery } from './ask.ts'

export const usePlans = () =>
  useQuery({ queryKey: ['plans'], queryFn: ({ signal }) => ask<Plans>('/api/plans', { signal }) })

const pathOf = (planId: string) => `/api/plans/${encodeURIComponent(planId)}`

export const usePlan = (planId: string) =>
  useQuery({
    queryKey: ['plan', planId],
    queryFn: ({ signal }) => ask<Plan>(pathOf(planId), { signal }),
    // Hints bring its progress; this is for when they are lost.
    refetchInterval: ({ state }) => (isMoving(state.data?.status) ? 3_000 : false),
  })

/** What became of its letters; asked again with the plan. */
export const usePlanLetters = (planId: string, after: string | null) =>
  useQuery({
    queryKey: ['plan', planId, 'letters', after],
    queryFn: ({ signal }) =>
      ask<PlanLetterPage>(withQuery(`${pathOf(planId)}/letters`, { after, limit: 50 }), { signal }),
    placeholderData: keepPreviousData,
  })

export const isMoving = (status: Plan['status'] | undefined) => status === 'running' || status === 'pausing'

/** Pins the letters that match now; nothing is replayed yet. */
export function useCreatePlan() {
  const keep = useKeepPlan()
  return useMutation({ mutationFn: (selection: Selection) => tell<Plan>('/api/plans', selection), onSuccess: keep })
}

export type PlanAct = { act: 'run'; rate: number | null } | { act: 'pause' | 'cancel' }

export function useActOnPlan(planId: string) {
  const keep = useKeepPlan()
  return useMutation({
    mutationFn: ({ act, ...body }: PlanAct) => tell<Plan>(`${pathOf(planId)}/${act}`, body),
    onSuccess: keep,
  })
}

function useKeepPlan() {
  const client = useQueryClient()
  return (plan: Plan) => {
    client.setQueryData(['plan', plan.planId], plan)
    void client.invalidateQueries({ queryKey: ['plan', plan.planId, 'letters'] })
    return client.invalidateQueries({ queryKey: ['plans'] })
  }
}
