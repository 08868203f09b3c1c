import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { choreographyGraph } from '../../shared/src/choreography/of-participants.ts'
import { generatorMain, repository } from './generated-file.ts'
import { withBlock } from './marked-block.ts'
import { readParticipants } from './participants.ts'

// node test/checks/readme-graph.ts [--check]
if (import.meta.main) {
  const page = readFileSync(join(repository, 'README.md'), 'utf8')
  const graph = choreographyGraph(await readParticipants(repository))
  generatorMain('README.md', withBlock(page, 'saga graph', 'mermaid', graph))
}
