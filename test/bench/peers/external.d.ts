/**
 * What is used of packages that are installed only when the peers are measured (package.json beside this file), so that the
 * repository's type check needs none of them.
 */
declare module '@dbos-inc/dbos-sdk' {
  export const DBOS: {
    setConfig(config: {
      readonly name: string
      readonly systemDatabaseUrl: string
      readonly systemDatabasePoolSize: number
      readonly logLevel: string
      readonly tracingEnabled: boolean
      readonly enableOTLP: boolean
      readonly executorID: string
    }): void
    launch(): Promise<void>
    registerWorkflow<A, R>(run: (argument: A) => Promise<R>, o: { readonly name: string }): (argument: A) => Promise<R>
    runStep<R>(run: () => Promise<R>, o: { readonly name: string }): Promise<R>
    withNextWorkflowID<R>(id: string, run: () => Promise<R>): Promise<R>
  }
}
declare module '@restatedev/restate-sdk' {
  export interface Context {
    run<T>(name: string, action: () => Promise<T>): Promise<T>
  }
  export function service<H>(o: { readonly name: string; readonly handlers: H }): H
  export function serve(o: { readonly services: readonly unknown[]; readonly port: number }): Promise<number>
}
