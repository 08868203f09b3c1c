import { type Context, setting, type ValuesOf } from 'saga-kit'
import { z } from 'zod'

export const settings = {
  deductionsFailFor: setting({
    env: 'DEDUCTIONS_FAIL_FOR',
    // Undefined rather than empty: an event with an empty customerId must not meet a drill that nobody ordered.
    type: z
      .string()
      .regex(/^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/, { error: 'is no customerId; name one, or leave it empty' })
      .transform(text => text || undefined),
    default: '',
    description:
      'for drills: the customerId whose deductions throw, so that there is a failing saga to practise on; empty: nobody',
    warning: 'the deductions of one customer fail on purpose: a drill',
  }),
}
export type BalanceContext = Context<ValuesOf<typeof settings>>
