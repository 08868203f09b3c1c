import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { choreographyGraph } from '../../shared/src/choreography/of-participants.ts'
import { generatorMain, repository } from './generated-file.ts'
import { readParticipants } from './participants.ts'

const block = /(<!-- saga graph -->\n)(?:```mermaid\n[\s\S]*?\n```\n)?/

/** The page with the graph behind `<!-- saga graph -->`. @throws Error for a page without that marker */
export function withGraph(text: string, mermaid: string): string {
  if (!block.test(text)) throw new Error('README.md has no <!-- saga graph -->')
  return text.replace(block, (_, marker: string) => `${marker}\`\`\`mermaid\n${mermaid}\n\`\`\`\n`)
}

// node test/checks/readme-graph.ts [--check]
if (import.meta.main) {
  const page = readFileSync(join(repository, 'README.md'), 'utf8')
  generatorMain('README.md', withGraph(page, choreographyGraph(await readParticipants(repository))))
}
