import { StartError } from '../errors.ts'
import { readSettings, type Settings, type ValuesOf } from '../settings.ts'
import { checkTogether, type KitSettings, kitSettings } from './kit-settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the kit's settings and the participant's own. The first wrong value stops the start with one line that names it
 * and never shows a password.
 * @throws StartError `setting-missing`, `setting-wrong`, `setting-twice`, `settings-contradict`
 */
export function readEnvironment<S extends Settings>(
  own: S,
  environment: Environment,
): { kit: KitSettings; own: ValuesOf<S> } {
  const kitNames = new Set(Object.values(kitSettings).map(s => s.env))
  const twice = Object.values(own).find(s => kitNames.has(s.env))
  if (twice)
    throw new StartError('setting-twice', `${twice.env} is a setting of the kit: give the participant's another name`)

  const kit = readWithoutSecrets(kitSettings, environment)
  checkTogether(kit)
  return { kit, own: readWithoutSecrets(own, environment) }
}

/** What is to be logged of settings that are set and should not stay so. */
export const warningsOf = (own: Settings, environment: Environment): string[] =>
  Object.values(own).flatMap(({ env, warning, default: usual }) =>
    warning && environment[env] && environment[env] !== usual ? [`${env} is set: ${warning}`] : [],
  )

/** As `readSettings`; its complaint never shows a password. @throws StartError */
export function readWithoutSecrets<S extends Settings>(settings: S, environment: Environment): ValuesOf<S> {
  try {
    return readSettings(settings, environment)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    // Not the cause: its message is the one with the password in it.
    throw new StartError(error.code, redactMessage(error.message, settings, environment))
  }
}

function redactMessage(message: string, settings: Settings, environment: Environment): string {
  for (const { env } of Object.values(settings)) {
    const shown = environment[env]
    if (shown && message.startsWith(`${env}=${shown}`))
      return `${env}=${redactValue(env, shown)}${message.slice(env.length + 1 + shown.length)}`
  }
  return message
}

/** By name, not by a flag on the setting, so that no participant can forget it. A wrong URL cannot be parsed to find its password. */
export function redactValue(env: string, value: string): string {
  if (/(^DATABASE_URL|TOKENS?|PASSWORD|SECRET|KEY)$/.test(env)) return '[redacted]'
  const withoutUser = value
    .replace(/^.*@/s, '[redacted]@')
    .replace(/(password|token|secret)=[^&\s]*/gi, '$1=[redacted]')
  return withoutUser.replace(/[\p{Cc}]/gu, '?').slice(0, 200)
}
