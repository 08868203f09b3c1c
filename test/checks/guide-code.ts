import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatorMain, repository } from './generated-file.ts'
import { withBlock } from './marked-block.ts'

const guide = 'docs/add-a-participant.md'

/** The guide shows files of the example as they are: whoever follows it has something that works. */
export function withFiles(text: string, read: (file: string) => string): string {
  const files = [...text.matchAll(/^<!-- (test\/examples\/\S+) -->$/gm)].map(([, file]) => file!)
  return files.reduce(
    (page, file) => withBlock(page, file, file.slice(file.lastIndexOf('.') + 1), read(file).trimEnd()),
    text,
  )
}

// node test/checks/guide-code.ts [--check]
if (import.meta.main) {
  const read = (file: string) => readFileSync(join(repository, file), 'utf8')
  generatorMain(guide, withFiles(read(guide), read))
}
