import type { CommandType, Message, Timer, TimerType } from '../messages.ts'

/** A timer as its handler gets it when it fires. */
export function fired<const N extends string, D extends object>(
  timer: TimerType<N, D>,
  sagaId: string,
  data: NoInfer<D>,
): Timer<N, D> {
  return { ...data, type: timer.type, kind: 'timer', sagaId }
}

/** A command as its handler gets it. */
export function asked<const N extends string, C extends object>(
  command: CommandType<N, C, any>,
  body: NoInfer<C>,
): Message<N, 'command'> & C {
  return { ...body, type: command.type, kind: 'command' }
}
