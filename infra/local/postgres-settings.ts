/** What the services' guarantees rest on, then what suits a small machine. */
export const postgresSettings = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',

  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  log_line_prefix: '%m [%p] %u@%d ',
  log_checkpoints: 'off',
} as const

/** The same order and case rules on every machine, whatever its C library and locale are. */
export const initdbArguments = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
] as const
