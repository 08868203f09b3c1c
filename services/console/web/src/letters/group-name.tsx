import { operationOf } from '../parts/operation.ts'

interface GroupNameProps {
  service: string
  step: string | null
  direction?: string | null
  errorCode: string
}

/** Which letters: those of a step that died of one error. */
export const GroupName = ({ service, step, direction = null, errorCode }: GroupNameProps) => (
  <>
    <strong>{service}</strong> <code>{operationOf({ step, direction })}</code> <code>{errorCode}</code>
  </>
)
