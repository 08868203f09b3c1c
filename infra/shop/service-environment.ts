/** The settings of the services that can be given to the launcher; the others say where the stack is, and are the launcher's. */
const passedOn = [
  'DEDUCTIONS_FAIL_FOR',
  'LOG_LEVEL',
  'LOG_REDACT',
  'MAIL_FROM',
  'MAX_BATCH',
  'ORDER_TIMEOUT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_TRACES_SAMPLER_ARG',
  'RETRY_BASE_DELAY',
  'RETRY_MAX_ATTEMPTS',
  'RETRY_MAX_DELAY',
  'SMTP_URL',
  'STOCK_RELEASE_DELAY',
] as const

/** With where plans of replays are kept, so that `npx saga` finds those of the console. */
const passedOnToConsole = [
  'HOME',
  'XDG_STATE_HOME',
  'LOG_LEVEL',
  'LOG_REDACT',
  'OVERDUE_AFTER',
  'SEARCH_FIELDS',
] as const

/** Stock is held so briefly that its release is seen, and Ctrl-C is not kept waiting as long as a platform would. */
const defaults = { STOCK_RELEASE_DELAY: '5s', SHUTDOWN_TIMEOUT: '10s' }

/** What `LOG_LEVEL=debug STOCK_RELEASE_DELAY=1m npm start` means for each service. */
export function serviceEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = passedOn.flatMap(name => (env[name] ? [[name, env[name]]] : []))
  return { ...defaults, ...Object.fromEntries(given) }
}

/** The same for the console. */
export function consoleEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = passedOnToConsole.flatMap(name => (env[name] ? [[name, env[name]]] : []))
  return { SHUTDOWN_TIMEOUT: defaults.SHUTDOWN_TIMEOUT, ...Object.fromEntries(given) }
}
