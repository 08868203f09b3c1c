import pino from 'pino'
import type { KitSettings } from './kit-settings.ts'
import { redactor, redactText } from './redact.ts'

export type Log = pino.Logger

export interface LogOptions {
  readonly service: string
  readonly level: KitSettings['logLevel']
  /** Fields whose values it never shows, besides those that nobody may see. */
  readonly redact?: KitSettings['logRedact']
  /** For tests; stdout otherwise. */
  readonly to?: pino.DestinationStream
}

/** JSON lines. A warning or worse is written before the call returns, and all that came before it: what is needed after a crash. */
export function createLog({ service, level, redact: also, to }: LogOptions): Log {
  const { redact, redactFields } = redactor(also)
  const output: pino.DestinationStream & { flush?(): void } = to ?? standardOutput()
  const log = pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: isoTime,
      formatters: {
        level: label => ({ level: label }),
        log: redactFields,
      },
      // The default serializer would copy all of an error's fields, the row in pg's `detail` included.
      serializers: { err: redact },
      hooks: {
        streamWrite: redactText,
        logMethod(args, method, level) {
          method.apply(this, args)
          if (level >= warning) output.flush?.()
        },
      },
    },
    output,
  )
  // pino drops formatters.bindings for children; children inherit this method, so theirs are redacted too.
  // oxlint-disable-next-line typescript/unbound-method -- called with the right `this` below
  const child = log.child
  log.child = function (this: Log, bindings: object, options?: object) {
    return child.call(this, redactFields(bindings), options)
  } as typeof log.child
  return log
}

const warning = pino.levels.values.warn!
const gatheredMs = 100
const gatheredLength = 8 * 1024

let toldMs = Number.NaN
let told = ''
/** As pino's own, formatted once a millisecond: a batch tells of many messages at once. */
function isoTime(): string {
  const nowMs = Date.now()
  if (nowMs !== toldMs) {
    toldMs = nowMs
    told = `,"time":"${new Date(nowMs).toISOString()}"`
  }
  return told
}

/**
 * A write for each line would be a tenth of a busy service's work. Written synchronously all the same, when it is written.
 * Gathered here: sonic-boom, which can gather too, copies all that it has at each line, to know how many bytes that is.
 */
function standardOutput(): pino.DestinationStream & { flush(): void } {
  const output = pino.destination({ fd: 1, sync: true })
  let lines = ''
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const gathered = lines
    lines = ''
    if (gathered !== '') output.write(gathered)
  }
  process.once('exit', flush)
  return {
    write(line) {
      timer ??= setTimeout(flush, gatheredMs).unref()
      lines += line
      if (lines.length >= gatheredLength) flush()
    },
    flush,
  }
}
