import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { FromLoad, Loaded, LoadPlan, ToLoad } from './plan.ts'

export interface LoadProcess {
  readonly pid: number
  /** Of the connection on which a closed loop asks what is under way: part of the load, not of the shop. */
  readonly backendPid: number | undefined
  /** One load. Tells when its window of measurement opens and closes; what is looked at must be looked at before these return. */
  run(plan: LoadPlan, told: { opens(): void; closes(): void }): Promise<Loaded>
  end(): void
}

export function startLoad(): LoadProcess {
  const child: ChildProcess = fork(join(import.meta.dirname, 'load-main.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  })
  const send = (message: ToLoad) => child.send(message)
  let backendPid: number | undefined
  const load: LoadProcess = {
    pid: child.pid!,
    get backendPid() {
      return backendPid
    },
    run: (plan, told) =>
      new Promise((resolve, reject) => {
        backendPid = undefined
        const ended = (code: number | null) => reject(new Error(`the load ended by itself: exit code ${code}`))
        const heard = (message: FromLoad) => {
          if (message.said === 'watching') backendPid = message.backendPid
          if (message.said === 'window-opens') told.opens()
          if (message.said === 'window-closes') {
            told.closes()
            send({ looked: true })
          }
          if (message.said !== 'done') return
          child.off('message', heard).off('exit', ended)
          resolve(message.loaded)
        }
        child.on('message', heard).on('exit', ended)
        send({ plan })
      }),
    end: () => child.disconnect(),
  }
  return load
}
