import { z } from 'zod'
import { durationMs, wholeNumber } from '../settings.ts'

/** Builds a type whose check either gives the value or says in words what the text should have been. */
function text<T>(read: (text: string) => T | undefined, complaint: string): z.ZodType<T, string> {
  return z.string().transform((value, context) => {
    const result = read(value)
    if (result !== undefined) return result
    context.addIssue({ code: 'custom', message: complaint })
    return z.NEVER
  })
}

const portNumber = (value: string) => /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535

/** 0 asks the operating system for any free port. */
export const port = wholeNumber({ min: 0, max: 65_535 })

/** Stays a string: pg reads it itself. The database must be named, or pg would silently take the one named like the user. */
export const databaseUrl = text(value => {
  const url = URL.parse(value)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || url.pathname.length < 2) return undefined
  return value
}, 'is no PostgreSQL URL; write it like postgres://user:password@host:5432/database')

/** Without a trailing slash, so that paths can be appended. */
export const httpUrl = text(value => {
  const url = URL.parse(value)
  return url && /^https?:$/.test(url.protocol) ? value.replace(/\/+$/, '') : undefined
}, 'is no http or https URL; write it like http://host:8080/path')

/** `host:port,host:port`. The port is not optional: kafkajs guesses none. */
export const brokerList = text<readonly string[]>(value => {
  const brokers = value.split(',').map(broker => broker.trim())
  const isBroker = (broker: string) => {
    const [, number] = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\]):(\d+)$/.exec(broker) ?? []
    return number !== undefined && portNumber(number)
  }
  return brokers.every(isBroker) ? brokers : undefined
}, 'is no list of brokers; write it like host:9092 or host1:9092,host2:9092')

/** A duration with bounds, in milliseconds; the bounds are written as durations too. */
export function durationBetween(min: string, max: string): z.ZodType<number, string> {
  const [minMs, maxMs] = [durationMs.parse(min), durationMs.parse(max)]
  return durationMs.refine(ms => ms >= minMs && ms <= maxMs, { error: `is not between ${min} and ${max}` })
}

/** An empty variable is an absent value. Not z.union: that would swallow what the type has to say about a wrong one. */
export function optional<T>(type: z.ZodType<T, string>): z.ZodType<T | undefined, string> {
  return z.string().transform((value, context) => {
    if (value === '') return undefined
    const parsed = type.safeParse(value)
    if (parsed.success) return parsed.data
    context.addIssue({ code: 'custom', message: parsed.error.issues[0]?.message ?? 'is wrong' })
    return z.NEVER
  })
}

/** What is taken from topics: `all`, `none` or some. */
export const intake = text<readonly string[] | 'all'>(value => {
  if (value === 'all') return 'all'
  const topics = value === 'none' ? [] : value.split(',').map(topic => topic.trim())
  return topics.every(topic => /^[a-zA-Z0-9._-]+$/.test(topic)) ? topics : undefined
}, 'is neither all nor none nor a list of topics; write it like inventory.events.v1,order.events.v1')

/** `name,*Ending` */
export const fieldNames = text<readonly string[]>(value => {
  const names = value.split(',').map(name => name.trim())
  return names.every(name => /^\*?\w+$/.test(name)) ? names : undefined
}, 'is no list of field names; write it like accountNumber,*Minor')

export const share = text(value => {
  const number = /^\d(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  return number <= 1 ? number : undefined
}, 'is no share; write it as a number from 0 to 1, like 0.05')
