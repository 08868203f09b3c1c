import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isAbandoned, lockFolder } from './folder-lock.ts'
import { identify } from './process-table.ts'
import { temporaryFolder } from './test-stack.ts'

const claimLock = `
  import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'folder-lock.ts'))}
  process.stdin.once('data', () => {
    try { lockFolder(process.argv[1]); console.log('won') } catch (error) { console.log(error.code) }
    process.stdin.once('data', () => process.exit())
  })
  console.log('here')`

test('refuses a second launcher and names the first', () => {
  const folder = temporaryFolder()
  lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(
    new RegExp(`in use by process ${process.pid} .*: stop that one, or use another folder`),
  )
})

test('is free again when it is released', () => {
  const folder = temporaryFolder()
  lockFolder(folder).release()
  expect(isAbandoned(folder)).toBe(true)
  lockFolder(folder)
  expect(isAbandoned(folder)).toBe(false)
})

test('passes over a holder that is gone, even when its pid lives again in another process', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'launcher.7'), JSON.stringify({ ...identify(process.pid), startedAt: 'another boot/1' }))
  lockFolder(folder)
  expect(readdirSync(folder)).toEqual(['launcher.8'])
})

test('of many that find the same stale lock, one gets it', { timeout: 20_000 }, async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'launcher.1'), JSON.stringify({ pid: 1, startedAt: 'another boot/1' }))
  const contenders = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', claimLock, folder], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const say = async (): Promise<string[]> =>
    Promise.all(contenders.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()))
  await say()
  for (const { stdin } of contenders) stdin.write('go\n')
  expect((await say()).sort()).toEqual([...Array(5).fill('folder-in-use'), 'won'])
  for (const { stdin } of contenders) stdin.end('end\n')
})
