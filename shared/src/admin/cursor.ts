import { z } from 'zod'

/** Where a page ended, as text that says nothing to its reader. */
export const cursorOf = (place: readonly unknown[]): string => Buffer.from(JSON.stringify(place)).toString('base64url')

/** The place in a cursor that came back. */
export function cursor<T>(place: z.ZodType<T>) {
  return z
    .string()
    .max(300)
    .transform((text, context): T => {
      const found = place.safeParse(jsonOf(text))
      if (found.success) return found.data
      context.addIssue({ code: 'custom', message: 'is no `next` of an earlier page' })
      return z.NEVER
    })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** One more is asked for than the page holds: so it is known whether another follows. */
export function pageOf<T extends { readonly place: readonly unknown[] }>(
  rows: readonly T[],
  limit: number,
): { readonly page: readonly T[]; readonly next: string | null } {
  const page = rows.slice(0, limit)
  return { page, next: rows.length > limit ? cursorOf(page.at(-1)!.place) : null }
}
