import { z } from 'zod'
import { StartError } from './errors.ts'

/** One environment variable: how it is read, what it is when absent, what it is for. */
export interface Setting<T> {
  readonly env: string
  readonly type: z.ZodType<T, string>
  /** As it would stand in the environment; without one the variable is required. */
  readonly default?: string
  readonly description: string
  /** Logged at start whenever the variable is set: for what makes trouble on purpose, and must not be forgotten. */
  readonly warning?: string
}
export type Settings = Readonly<Record<string, Setting<any>>>
export type ValuesOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

export function setting<T>(s: Setting<T>): Setting<T> {
  return s
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `250ms`, `1s`, `10m`, `2h`, `7d` -> milliseconds. */
export const durationMs = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  if (amount && unit) return Number(amount) * unitMs[unit as keyof typeof unitMs]
  context.addIssue({ code: 'custom', message: `is no duration; write it like 250ms, 1s, 10m, 2h or 7d` })
  return z.NEVER
})

export const wholeNumber = ({ min, max }: { min: number; max: number }) =>
  z.string().transform((text, context) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    context.addIssue({ code: 'custom', message: `is no whole number from ${min} to ${max}` })
    return z.NEVER
  })

/** Reads settings from the environment. The first wrong value stops the start with one line that names it. */
export function readSettings<S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
): ValuesOf<S> {
  const values = Object.entries(settings).map(([name, s]) => {
    const text = environment[s.env] || s.default
    if (text === undefined) throw new StartError('setting-missing', `${s.env} is not set: ${s.description}`)
    const parsed = s.type.safeParse(text)
    if (!parsed.success) throw new StartError('setting-wrong', `${s.env}=${text} ${parsed.error.issues[0]?.message}`)
    return [name, parsed.data]
  })
  return Object.fromEntries(values)
}
