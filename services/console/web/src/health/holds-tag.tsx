import { Tag } from '../parts/tag.tsx'

/** Whether what must hold does. */
export const HoldsTag = ({ holds }: { holds: boolean }) => (
  <Tag tone={holds ? 'good' : 'bad'} icon={holds ? 'settled' : 'blocked'}>
    {holds ? 'holds' : 'broken'}
  </Tag>
)
