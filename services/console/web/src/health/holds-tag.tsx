import { Tag } from '../parts/tag.tsx'

/** Whether what must hold does; null while nobody has looked. */
export function HoldsTag({ holds }: { holds: boolean | null }) {
  if (holds === null) return <Tag icon="wait">not known yet</Tag>
  return (
    <Tag tone={holds ? 'good' : 'bad'} icon={holds ? 'settled' : 'blocked'}>
      {holds ? 'holds' : 'broken'}
    </Tag>
  )
}
