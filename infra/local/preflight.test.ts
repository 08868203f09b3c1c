import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { fetchJars } from './jars.ts'
import { findJava, majorOf } from './java.ts'
import { freePorts, portsFrom } from './ports.ts'
import { startStack } from './stack.ts'
import { commandsNaming, listener, temporaryFolder } from './test-stack.ts'

const debian = /on Debian or Ubuntu: sudo apt-get install -y openjdk-17-jre-headless maven/

/** A folder for the PATH with these shell scripts as commands. */
function commands(scripts: Record<string, string>): string {
  const folder = temporaryFolder()
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return folder
}

function onlyThese(scripts: Record<string, string>): void {
  vi.stubEnv('PATH', commands(scripts))
  vi.stubEnv('JAVA_HOME', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
}

/** Starts, and gives the code and the one line of the refusal; whatever it was, nothing may run then. */
async function refusal(
  options: Partial<Parameters<typeof startStack>[0]> = {},
): Promise<{ code: string; message: string }> {
  const dataFolder = options.dataFolder ?? temporaryFolder()
  const error = await startStack({ ports: 'free', report: () => {}, ...options, dataFolder }).then(
    stack => stack.destroy().then(() => new Error('it started')),
    (error: Error & { code: string }) => error,
  )
  expect(commandsNaming(dataFolder)).toEqual([])
  expect(error.message).not.toContain('\n')
  return error as Error & { code: string }
}

test('without Java', async () => {
  onlyThese({})
  const { code, message } = await refusal()
  expect(code).toBe('java-missing')
  expect(message).toMatch(/^Java 17 or later is needed .* java is not on the PATH; /)
  expect(message).toMatch(debian)
})

test('with a JAVA_HOME that has none', async () => {
  await expect(findJava({ JAVA_HOME: '/nowhere' })).rejects.toMatchObject({
    code: 'java-missing',
    message: expect.stringContaining('JAVA_HOME is /nowhere'),
  })
})

test('with a Java that is too old', async () => {
  onlyThese({ java: `echo 'openjdk version "11.0.27" 2025-04-15' >&2` })
  const { code, message } = await refusal()
  expect(code).toBe('java-too-old')
  expect(message).toMatch(/java is Java 11\.0\.27; /)
  expect(message).toMatch(debian)
})

test.each([
  ['17.0.15', 17],
  ['21', 21],
  ['25-ea', 25],
  ['1.8.0_402', 8],
  ['unknown', 0],
])('reads the major version of %s', (version, major) => expect(majorOf(version)).toBe(major))

test('without Maven, when there is something to download', async () => {
  onlyThese({ java: `echo 'openjdk version "17.0.1"' >&2` })
  const { code, message } = await refusal({ cacheFolder: temporaryFolder() })
  expect(code).toBe('maven-missing')
  expect(message).toMatch(/mvn is not on the PATH; /)
  expect(message).toMatch(debian)
})

test('when Maven fails', async () => {
  onlyThese({
    java: `echo 'openjdk version "17.0.1"' >&2`,
    mvn: `[ "$1" = --version ] && exit; echo '[INFO] Scanning'; echo '[ERROR] Unknown host'; echo '[ERROR] Help'; exit 1`,
  })
  const { code, message } = await refusal({ cacheFolder: temporaryFolder() })
  expect(code).toBe('maven-failed')
  expect(message).toMatch(
    /^Maven could not fetch Kafka and the registry: Unknown host; look to the network .*maven\.log\)$/,
  )
})

test('two starts at once download once, and say what they wait for', { timeout: 20_000 }, async () => {
  const cache = temporaryFolder()
  const downloaded = temporaryFolder()
  const mvn = `[ "$1" = --version ] && exit
    for word; do case $word in -Djars=*) jars=\${word#-Djars=};; esac; done
    echo '[INFO] Downloading from central: https://maven.test/kafka.jar'; /bin/sleep 2.5
    /bin/mkdir -p $jars/kafka $jars/registry; echo > $jars/registry/app-runner.jar; echo > ${downloaded}/$$`
  vi.stubEnv('PATH', commands({ mvn }))
  onTestFinished(() => void vi.unstubAllEnvs())
  const { lines, report } = listener()
  const [first, second] = await Promise.all([fetchJars(cache, report), fetchJars(cache, report)])
  expect(first).toEqual(second)
  expect(first.registryJar).toMatch(/app-runner\.jar$/)
  expect(readdirSync(downloaded)).toHaveLength(1)
  expect(lines).toContainEqual(expect.stringMatching(/^waiting for another start that downloads: .* in use by process/))
  expect(lines).toContainEqual(expect.stringMatching(/^Maven: 2 s, 0 files downloaded, now kafka\.jar$/))
})

test('an aborted download leaves no Maven and nothing that looks whole', async () => {
  const cache = temporaryFolder()
  vi.stubEnv('PATH', commands({ mvn: `[ "$1" = --version ] && exit; /bin/sleep 60` }))
  onTestFinished(() => void vi.unstubAllEnvs())
  const { heard, report } = listener()
  const abort = new AbortController()
  const fetching = fetchJars(cache, report, abort.signal)
  void heard(/^downloading/).then(() => abort.abort(new Error('enough')))
  await expect(fetching).rejects.toThrow('enough')
  expect(commandsNaming(cache)).toEqual([])
  expect(readdirSync(cache).filter(name => !/^(launcher\.\d+|logs)$/.test(name))).toEqual([])
})

test('a port in use', async () => {
  const [postgres, kafka, registry] = (await freePorts(3)) as [number, number, number]
  const server = createServer().listen(kafka, '127.0.0.1')
  onTestFinished(() => void server.close())
  const { code, message } = await refusal({ ports: { postgres, kafka, registry } })
  expect(code).toBe('port-in-use')
  expect(message).toBe(
    `port ${kafka}, meant for kafka, is in use: stop what listens there, or set STACK_KAFKA_PORT to another port`,
  )
})

test('a port that is none', () => {
  expect(portsFrom({ STACK_REGISTRY_PORT: '8081' })).toEqual({ postgres: 15432, kafka: 19092, registry: 8081 })
  expect(() => portsFrom({ STACK_KAFKA_PORT: 'nine' })).toThrow(
    'STACK_KAFKA_PORT must be a port from 1 to 65535, not "nine"',
  )
})

test('data of another version', async () => {
  const dataFolder = temporaryFolder()
  mkdirSync(join(dataFolder, 'postgres'))
  writeFileSync(join(dataFolder, 'version.json'), '{"postgres":"17","kafka":"4.3","registry":"3.0"}')
  const { code, message } = await refusal({ dataFolder })
  expect(code).toBe('data-version')
  expect(message).toMatch(
    / was made by postgres 17, and this is postgres 18: remove it \(rm -rf .*\), or use another data folder$/,
  )
})

test.runIf(process.getuid?.() === 0)('a folder that is closed to the user who runs PostgreSQL for root', async () => {
  const closed = temporaryFolder()
  const { code, message } = await refusal({ dataFolder: join(closed, 'data') })
  expect(code).toBe('folder-unreachable')
  expect(message).toMatch(
    /^PostgreSQL runs as the user (postgres|nobody), .* is closed to that user: chmod o\+x the folders/,
  )
})
