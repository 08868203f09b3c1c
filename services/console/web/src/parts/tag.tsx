import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'
import './tag.css'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'accent' | 'undo'

export const Tag = ({ tone = 'plain', icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) => (
  <span className={`tag tag-${tone}`}>
    {icon && <Icon name={icon} />}
    {children}
  </span>
)
