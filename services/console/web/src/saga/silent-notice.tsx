import type { SagaDetail } from '../../../src/contract.ts'
import { Notice } from '../parts/notice.tsx'

export const SilentNotice = ({ silent }: Pick<SagaDetail, 'silent'>) =>
  silent.length === 0 ? null : (
    <Notice tone="warn">
      {silent.map(({ service, why }) => (
        <p key={service}>
          <strong>{service}</strong> {why}. Of it only its events are known.
        </p>
      ))}
    </Notice>
  )
