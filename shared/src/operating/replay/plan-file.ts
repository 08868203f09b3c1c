import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { OperatingError } from '../operating-error.ts'
import { type Plan, plan } from './plan.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where plans and journals are kept, as the XDG base directory specification has it for state. */
export const plansFolder = (env: Environment) =>
  join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'saga/plans')

/** Durable and whole before anything of it is done. @returns the file */
export function savePlan(toSave: Plan, env: Environment): string {
  const folder = plansFolder(env)
  const file = join(folder, `${toSave.planId}.json`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const descriptor = openSync(`${file}.new`, 'w', 0o600)
    writeSync(descriptor, `${JSON.stringify(toSave, null, 2)}\n`)
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new OperatingError(
      'wrong-request',
      `the plan cannot be kept: ${(error as Error).message}; set XDG_STATE_HOME to a folder for it`,
    )
  }
  return file
}

/** @param name a plan's id, or the path of its file */
export function loadPlan(name: string, env: Environment): { plan: Plan; file: string } {
  const isFile = name.includes('/') || name.endsWith('.json')
  const file = isFile ? resolve(name) : join(plansFolder(env), `${basename(name)}.json`)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new OperatingError('not-found', `there is no plan ${name}: ${(error as Error).message}`)
  }
  const parsed = plan.safeParse(jsonOf(text))
  if (parsed.success) return { plan: parsed.data, file }
  const [issue] = parsed.error.issues
  throw new OperatingError('wrong-request', `${file} is no plan (${issue?.path.join('.')}: ${issue?.message})`)
}

/** Beside its plan. */
export const journalOf = (planFile: string) => join(dirname(planFile), `${basename(planFile, '.json')}.journal.ndjson`)

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
