import type { Plan } from '../../../src/contract.ts'
import type { IconName } from '../parts/icon.tsx'
import { Tag, type Tone } from '../parts/tag.tsx'

const told: Record<Plan['status'], { tone: Tone; icon?: IconName; says: string }> = {
  planned: { tone: 'accent', icon: 'wait', says: 'Nothing has been replayed yet.' },
  running: { tone: 'accent', icon: 'open', says: 'Letters are being replayed.' },
  pausing: { tone: 'warn', icon: 'open', says: 'What is under way is finished first.' },
  paused: { tone: 'warn', icon: 'wait', says: 'It goes on when somebody lets it.' },
  cancelled: { tone: 'plain', icon: 'blocked', says: 'What had been replayed stays replayed.' },
  interrupted: {
    tone: 'bad',
    icon: 'overdue',
    says: 'The process that ran it is no more. Let it go on: what is done is not done twice.',
  },
  outdated: {
    tone: 'plain',
    icon: 'settled',
    says: 'Nothing is left to replay: none of its letters is open any more as it was planned.',
  },
  done: { tone: 'good', icon: 'settled', says: 'Every letter was tried.' },
}

export const PlanStatus = ({ status }: Pick<Plan, 'status'>) => {
  const { tone, icon } = told[status]
  return (
    <Tag tone={tone} {...(icon ? { icon } : {})}>
      {status}
    </Tag>
  )
}

export const statusText = (status: Plan['status']) => told[status].says
