import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProgram } from '../../shared/src/cli/program.ts'
import { generatorMain, repository } from './generated-file.ts'
import { withBlock } from './marked-block.ts'

const page = 'docs/operating.md'

/** What --help says of each command, by its name: `saga dlq list`. Options of all are told once, with `saga`. */
export function helpTexts(): Map<string, string> {
  const never = () => Promise.reject(new Error('only the help is asked for'))
  const actions = {
    list: never,
    show: never,
    replay: never,
    discard: never,
    trace: never,
    audit: never,
    status: never,
    check: never,
    graph: never,
  }
  const texts = new Map<string, string>()
  const visit = (command: ReturnType<typeof createProgram>, before: string) => {
    const name = `${before} ${command.name()}`.trim()
    let text = ''
    command.configureHelp({ ...command.configureHelp(), showGlobalOptions: false })
    command.configureOutput({ writeOut: part => (text += part) }).outputHelp()
    texts.set(name, text.trimEnd())
    for (const sub of command.commands) visit(sub, name)
  }
  visit(
    createProgram('', actions, () => {}),
    '',
  )
  return texts
}

/** The page with the help of each command behind its `<!-- saga dlq list --help -->`. @throws Error for a command without one */
export function withHelp(text: string, helps: ReadonlyMap<string, string>): string {
  return [...helps].reduce((filled, [name, help]) => withBlock(filled, `${name} --help`, 'text', help), text)
}

// node test/checks/command-line.ts [--check]
if (import.meta.main) generatorMain(page, withHelp(readFileSync(join(repository, page), 'utf8'), helpTexts()))
