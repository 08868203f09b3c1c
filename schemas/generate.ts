import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readAvscFiles } from './tooling/avsc-files.ts'
import { runCommand } from './tooling/command.ts'
import { eventModel } from './tooling/event-model.ts'
import { format } from './tooling/format.ts'
import { typescriptOf } from './tooling/typescript.ts'

// node schemas/generate.ts           writes src/events.ts
// node schemas/generate.ts --check   fails when src/events.ts is not what the schemas say
runCommand(args => {
  const root = import.meta.dirname
  const target = join(root, 'src', 'events.ts')
  const model = eventModel(readAvscFiles(root))
  const wanted = format(typescriptOf(model), target)
  const current = existsSync(target) ? readFileSync(target, 'utf8') : ''

  if (args.includes('--check'))
    return wanted === current
      ? []
      : ['schemas/src/events.ts is stale: run `npm run generate -w schemas` and commit the result']
  if (wanted !== current) writeFileSync(target, wanted)
  console.log(`schemas/src/events.ts: ${model.events.length} events${wanted === current ? ', unchanged' : ''}`)
  return []
})
