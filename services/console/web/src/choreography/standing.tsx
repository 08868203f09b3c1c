import type { Choreography } from '../../../src/contract.ts'
import type { IconName } from '../parts/icon.tsx'
import { Tag, type Tone } from '../parts/tag.tsx'

type Standing = Choreography['edges'][number]['standing']

const told: Record<Standing, { text: string; tone: Tone; icon?: IconName }> = {
  seen: { text: 'seen', tone: 'good', icon: 'settled' },
  unseen: { text: 'not seen', tone: 'warn', icon: 'overdue' },
  undeclared: { text: 'not declared', tone: 'bad', icon: 'blocked' },
  unobservable: { text: 'may go unseen', tone: 'plain' },
}

/** Whether what is declared was seen, and whether what was seen is declared. */
export function StandingTag({ standing }: { standing: Standing }) {
  const { text, tone, icon } = told[standing]
  return (
    <Tag tone={tone} {...(icon ? { icon } : {})}>
      {text}
    </Tag>
  )
}

/** What calls for a look first. */
export const standingOrder: Record<Standing, number> = { undeclared: 0, unseen: 1, seen: 2, unobservable: 3 }
