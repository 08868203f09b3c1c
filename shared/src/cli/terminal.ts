import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Results go to stdout, all else to stderr, so that a pipe gets results only. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** A line on stderr that the next one takes the place of; nothing when stderr is no terminal. */
  progress(text: string): void
  /** Plain when stdout is no terminal or NO_COLOR is set. */
  styled(style: Style, text: string): string
  /** Of stdout; undefined when it is no terminal, and lines need not be cut. */
  readonly columns: number | undefined
  readonly canAsk: boolean
  /** @returns whether the answer was yes */
  ask(question: string): Promise<boolean>
}

export function createTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  // `saga dlq list | head`: who has seen enough closes the pipe.
  stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit()
    throw error
  })
  let progressShown = false
  const clear = () => {
    if (progressShown) stderr.write('\r\x1b[K')
    progressShown = false
  }
  return {
    out(text) {
      clear()
      stdout.write(`${text}\n`)
    },
    err(text) {
      clear()
      stderr.write(`${text}\n`)
    },
    progress(text) {
      if (!stderr.isTTY) return
      clear()
      stderr.write(text.slice(0, (stderr.columns || 80) - 1))
      progressShown = true
    },
    styled: (style, text) => styleText(style, text, { stream: stdout }),
    columns: (stdout.isTTY && stdout.columns) || undefined,
    canAsk: stdin.isTTY && stderr.isTTY,
    async ask(question) {
      clear()
      const lines = createInterface({ input: stdin, output: stderr })
      // readline takes Ctrl-C for itself while it asks.
      lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
      } finally {
        lines.close()
      }
    },
  }
}
