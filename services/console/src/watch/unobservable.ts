import type { DeclaredReaction } from 'saga-kit/operating'

type Emission = Pick<DeclaredReaction['emits'][number], 'type' | 'kind'>

/**
 * Whether a step may be taken without a trace on the topics: it publishes nothing, or only what another step of its
 * participant publishes, too. Of two that record what completes a saga, the later says that it is complete.
 */
export function isUnobservable(
  { step, emits }: { readonly step: string; readonly emits: readonly Emission[] },
  own: readonly DeclaredReaction[],
): boolean {
  const others = own.filter(r => r.step !== step).flatMap(r => r.emits)
  return emits.every(({ kind, type }) => kind === 'timer' || others.some(e => e.kind === 'event' && e.type === type))
}
