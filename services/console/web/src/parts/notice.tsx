import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import './notice.css'

const icons = { bad: 'blocked', warn: 'overdue', good: 'settled' } as const

export const Notice = ({ tone, children }: { tone: keyof typeof icons; children: ReactNode }) => (
  <div className={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <Icon name={icons[tone]} />
    <div>{children}</div>
  </div>
)
