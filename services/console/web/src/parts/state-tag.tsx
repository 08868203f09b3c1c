import type { Saga } from '../../../src/contract.ts'
import { Tag, type Tone } from './tag.tsx'

const tones: Record<Saga['state'], Tone> = { open: 'accent', blocked: 'bad', settled: 'good' }

/** Where a saga stands, and whether something that it awaits is past its deadline. */
export const StateTag = ({ state, overdue }: Pick<Saga, 'state' | 'overdue'>) => (
  <span className="state-tag nowrap">
    <Tag tone={tones[state]} icon={state}>
      {state}
    </Tag>
    {overdue && (
      <Tag tone="warn" icon="overdue">
        overdue
      </Tag>
    )}
  </span>
)
