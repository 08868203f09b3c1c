import { runUntilSignal } from 'saga-kit/parts'
import { startConsole } from './start.ts'

await runUntilSignal('console', () => startConsole(process.env))
