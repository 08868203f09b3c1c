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
      timestamp: pino.stdTimeFunctions.isoTime,
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
const gatheredBytes = 8 * 1024

/** A write for each line would be a tenth of a busy service's work. Written synchronously all the same, when it is written. */
function standardOutput(): pino.DestinationStream & { flush(): void } {
  const output = pino.destination({ fd: 1, sync: true, minLength: gatheredBytes })
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    // It is once nobody reads standard output any more.
    if (!(output as unknown as { destroyed: boolean }).destroyed) output.flush()
  }
  process.once('exit', flush)
  return {
    write(line) {
      timer ??= setTimeout(flush, gatheredMs).unref()
      output.write(line)
    },
    flush,
  }
}
