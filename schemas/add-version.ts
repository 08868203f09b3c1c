import { addVersions } from './tooling/add-versions.ts'
import { runCommand } from './tooling/command.ts'

// node schemas/add-version.ts   keeps each changed schema as the next version of its event, if all earlier ones allow it
runCommand(() => {
  const { added, problems } = addVersions(import.meta.dirname)
  for (const { path } of added)
    console.log(`schemas/${path}.avsc, .json, .bin: look at the example, then commit all three`)
  if (added.length === 0 && problems.length === 0) console.log('no schema has changed since its newest version')
  return problems
})
