/** What the checks and the graph need of a participant's declaration; what others add to it is not looked at. */
export interface Declared {
  readonly service: string
  readonly topic?: string | undefined
  readonly final?: readonly string[] | undefined
  readonly reactions: readonly DeclaredReaction[]
}
export interface DeclaredReaction {
  readonly on: string
  readonly kind: 'event' | 'timer' | 'command'
  readonly topic?: string | undefined
  readonly step: string
  readonly direction: 'action' | 'compensation'
  readonly emits: readonly Emission[]
  readonly undoneBy?: string | undefined
  readonly excludes?: readonly string[] | undefined
}
export interface Emission {
  readonly type: string
  readonly kind: 'event' | 'timer'
  readonly rejects?: boolean | undefined
}
