import { z } from 'zod'

/** The ids that begin so: `01a2`, `01a22486-bb`, with or without its dashes. */
export const idPrefix = z.string().transform((text, context) => {
  const digits = text.trim().toLowerCase().replaceAll('-', '')
  if (/^[0-9a-f]{1,32}$/.test(digits))
    return { first: uuid(digits.padEnd(32, '0')), last: uuid(digits.padEnd(32, 'f')) }
  context.addIssue({ code: 'custom', message: 'is not the beginning of a saga id, like 01a22486-bb' })
  return z.NEVER
})

const uuid = (digits: string) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
