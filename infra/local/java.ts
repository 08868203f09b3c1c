import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StackError } from './errors.ts'

const run = promisify(execFile)

/** Kafka 4.3 and Apicurio Registry 3.0 ask for it. */
const oldestJava = 17
const remedy =
  'on Debian or Ubuntu: sudo apt-get install -y openjdk-17-jre-headless maven (Debian 13: default-jre-headless maven)'

/** The java to run, having looked that it is one and not too old: the one of JAVA_HOME, else of PATH, as Maven looks too. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<string> {
  const home = env.JAVA_HOME
  const java = home ? join(home, 'bin', 'java') : 'java'
  const where = home ? `JAVA_HOME is ${home}` : 'java is not on the PATH'
  let text: string
  try {
    text = (await run(java, ['-version'], { env })).stderr
  } catch (error) {
    const why = isMissing(error) ? where : `${java} -version failed: ${firstLine((error as Error).message)}`
    throw new StackError(
      'java-missing',
      `Java ${oldestJava} or later is needed for Kafka and the registry, and ${why}; ${remedy}`,
    )
  }
  const version = /version "([^"]+)"/.exec(text)?.[1] ?? firstLine(text)
  if (majorOf(version) < oldestJava) {
    const line = `Java ${oldestJava} or later is needed for Kafka and the registry, and ${java} is Java ${version}; ${remedy}, then let JAVA_HOME name it`
    throw new StackError('java-too-old', line)
  }
  return java
}

export async function requireMaven(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await run('mvn', ['--version'], { env })
  } catch (error) {
    const why = isMissing(error)
      ? 'mvn is not on the PATH'
      : `mvn --version failed: ${firstLine((error as Error).message)}`
    throw new StackError(
      'maven-missing',
      `Maven is needed once, to download Kafka and the registry, and ${why}; ${remedy}`,
    )
  }
}

/** 17 of `17.0.15`, `17-ea`, 8 of `1.8.0_402`; 0 of what is no version. */
export const majorOf = (version: string): number => Number(/^(?:1\.)?(\d+)/.exec(version)?.[1] ?? 0)

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''
