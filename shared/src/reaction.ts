import type { CommandType, EventType, Message, Timer, TimerType } from './messages.ts'
import type { Answered, CancelTimer, Outcome, SetTimer, Succeeded } from './outcomes.ts'
import type { Lookups, States, Views } from './states.ts'

/** All that a handler may know besides its message and its states: no clock, no random, no I/O. */
export interface Context<Settings> {
  /** The transaction's time, taken from the database. */
  readonly now: Date
  readonly sagaId: string
  readonly settings: Settings
}
/** The transaction of a `sql` handler, which awaits each of its statements before it returns. */
export interface Tx {
  query(text: string, values?: readonly unknown[]): Promise<{ rows: readonly Record<string, unknown>[] }>
}

export type Trigger = EventType<any> | TimerType<any, any> | CommandType<any, any, any>
export type Emittable = EventType<any> | TimerType<any, any>

/** What a reaction's handler returns to emit `T`. */
export type Out<T> =
  T extends EventType<infer E> ? E : T extends TimerType<infer N, any> ? SetTimer<N> | CancelTimer<N> : never
/** The message that a trigger hands to its handler. */
export type In<T> =
  T extends EventType<infer E>
    ? E
    : T extends TimerType<infer N, infer D>
      ? Timer<N, D>
      : T extends CommandType<infer N, infer C, any>
        ? Message<N, 'command'> & Readonly<C>
        : never
export type Result<T, O, R = never> = T extends CommandType<any, any, infer A> ? Answered<O, A> : Outcome<O, R>

/** "On this message, run this step in this direction." What `on(...)` builds; the type parameters carry what the table checks. */
export interface Reaction<Step extends string = string, Direction extends string = string> {
  readonly step: Step
  readonly direction: Direction
  readonly definition: ReactionDefinition
}

/** The same as plain data, for the engine and the tests. */
export interface ReactionDefinition {
  readonly trigger: Trigger
  readonly reads: readonly Read[]
  readonly when: ((message: any) => boolean) | undefined
  readonly step: string
  readonly direction: 'action' | 'compensation' | 'local'
  /** All that it may publish or set, also when it rejects. */
  readonly emits: readonly Emittable[]
  /** Those of `emits` that say no. */
  readonly rejects: readonly EventType<any>[]
  /** Timers that it only takes back. */
  readonly cancels: readonly TimerType<any, any>[]
  /** Steps of this participant that never take effect in the same saga as this one. */
  readonly excludes: readonly string[]
  /** The step whose compensation undoes this action; undefined when nothing ever has to. */
  readonly undoneBy: string | undefined
  readonly withinMs: number | undefined
  readonly answeredBy: readonly EventType<any>[]
  readonly handler: Handler
}
export interface Read {
  readonly state: string
  readonly access: 'lock' | 'look-up'
  readonly keys: (message: any, loaded: any) => readonly string[]
}
export type Handler =
  | { readonly form: 'action' | 'local'; readonly run: (message: any, states: any, context: any) => any }
  | {
      readonly form: 'compensation'
      readonly run: (message: any, states: any, context: any) => any
      readonly otherwise: (message: any, context: any) => any
    }
  | { readonly form: 'sql'; readonly run: (message: any, tx: Tx, context: any) => Promise<any> }
  | {
      readonly form: 'effect'
      readonly timeoutMs: number
      readonly intend: (message: any, states: any, context: any) => any
      readonly call: (request: any, io: CallIo) => Promise<any>
      readonly record: (message: any, result: any, states: any, context: any) => any
    }

export interface CallIo {
  /** The same at every try of this step for this saga. */
  readonly idempotencyKey: string
  /** Aborted when `timeoutMs` has passed: the call is then in doubt and will be repeated. */
  readonly signal: AbortSignal
}

/** What a handler sees: locked tables it may write, looked-up ones it may only read. */
export type Seen<S extends States, R extends keyof S, L extends keyof S> = Views<S, R> & Lookups<S, L>

/** What an action says of itself, beside its handlers. */
interface Saying<
  P extends readonly Emittable[],
  Q extends readonly EventType<any>[],
  C extends readonly TimerType<any, any>[],
> {
  /** What it publishes and sets when it succeeds. */
  readonly emits: P
  /** What it publishes when it rejects: the failures that others may have to undo something for. */
  readonly rejects?: Q
  /** Timers that it takes back and never sets. */
  readonly cancels?: C
  /**
   * Steps of this participant that, by its own state, never take effect in a saga in which this one did; it goes both ways.
   * `saga check` then knows that what follows from the one need not be undone because of the other.
   */
  readonly excludes?: readonly string[]
  /** Which step's compensation undoes this one (default: its own, if it has one); 'never' for pivots and records. */
  readonly undoneBy?: string
  /** How long, in ms, until one of `emits` is owed; published with the declaration, for whoever watches sagas. */
  readonly withinMs?: number
  /**
   * Of a command that opens a saga: the events that are its answer, whichever comes first; by then others have done with it for
   * now. When many more sagas wait for theirs than get it in some seconds, the command is answered 503 (UNDER_WAY_WAIT,
   * UNDER_WAY_MAX; rule 33).
   */
  readonly answeredBy?: readonly EventType<any>[]
}
type Back<T> = T extends TimerType<infer N, any> ? CancelTimer<N> : never
/** What a handler returns when it succeeds. */
type Said<P extends readonly Emittable[], C extends readonly TimerType<any, any>[]> = Out<P[number]> | Back<C[number]>

/** Chained, in lock order: each `reads` sees what the ones before it loaded. Definition fails if the chain leaves the order of `states`. */
export interface On<S extends States, Cfg, T, R extends keyof S = never, L extends keyof S = never> {
  /** Loads and locks these keys of a table. */
  reads<K extends Exclude<keyof S, R | L>>(
    name: K,
    keys: (message: In<T>, loaded: Lookups<S, R | L>) => readonly string[],
  ): On<S, Cfg, T, R | K, L>
  /** Loads these keys of a table that is only reference here: no lock, no put. */
  looksUp<K extends Exclude<keyof S, R | L>>(
    name: K,
    keys: (message: In<T>, loaded: Lookups<S, R | L>) => readonly string[],
  ): On<S, Cfg, T, R, L | K>
  /** Messages that it refuses are `ignored`: they leave no row. */
  when(filter: (message: In<T>) => boolean): On<S, Cfg, T, R, L>
  action<
    const Step extends string,
    const P extends readonly Emittable[],
    const Q extends readonly EventType<any>[] = [],
    const C extends readonly TimerType<any, any>[] = [],
  >(
    step: Step,
    o: Saying<P, Q, C> & {
      readonly run: (
        message: In<T>,
        states: Seen<S, R, L>,
        context: Context<Cfg>,
      ) => Result<T, Said<P, C>, Out<Q[number]>>
    },
  ): Reaction<Step, 'action'>
  /** A compensation cannot reject or be refused: it succeeds, or throws and is tried again. */
  compensates<const Step extends string, const P extends readonly Emittable[]>(
    step: Step,
    o: {
      readonly emits: P
      /** The action took effect here: undo it. */
      readonly run: (message: In<T>, states: Seen<S, R, L>, context: Context<Cfg>) => Succeeded<Out<P[number]>>
      /** The action never took effect here, and now never will: answer those who wait. */
      readonly otherwise: (message: In<T>, context: Context<Cfg>) => Succeeded<Out<P[number]>>
    },
  ): Reaction<Step, 'compensation'>
  effect<
    const Step extends string,
    const P extends readonly Emittable[],
    Request,
    Response,
    const Q extends readonly EventType<any>[] = [],
    const C extends readonly TimerType<any, any>[] = [],
  >(
    step: Step,
    o: Saying<P, Q, C> & {
      readonly timeoutMs: number
      /** Pure, committed before the call. An `Outcome` instead of a request ends the step without a call. */
      readonly intend: (
        message: In<T>,
        states: Seen<S, R, L>,
        context: Context<Cfg>,
      ) => { readonly request: Request } | Outcome<Said<P, C>, Out<Q[number]>>
      /** The only impure function of a participant. At least once, with the same idempotencyKey each time. */
      readonly call: (request: NoInfer<Request>, io: CallIo) => Promise<Response>
      readonly record: (
        message: In<T>,
        response: NoInfer<Response>,
        states: Seen<S, R, L>,
        context: Context<Cfg>,
      ) => Outcome<Said<P, C>, Out<Q[number]>>
    },
  ): Reaction<Step, 'action'>
  /** SQL of its own. Such a message is a transaction by itself (no savepoints in the batch). */
  sql<
    const Step extends string,
    const P extends readonly Emittable[],
    const Q extends readonly EventType<any>[] = [],
    const C extends readonly TimerType<any, any>[] = [],
  >(
    step: Step,
    o: Saying<P, Q, C> & {
      readonly run: (message: In<T>, tx: Tx, context: Context<Cfg>) => Promise<Result<T, Said<P, C>, Out<Q[number]>>>
    },
  ): Reaction<Step, 'action'>
  /** A command without a saga (a deposit, a price): its Idempotency-Key row is its fence; no saga log, no events. */
  local(
    run: (message: In<T>, states: Seen<S, R, L>, context: Context<Cfg>) => Result<T, never>,
  ): Reaction<never, 'local'>
}

/** Builds the chain `on(...).reads(...).action(...)`. */
export function on<S extends States, Cfg, T extends Trigger>(trigger: T): On<S, Cfg, T> {
  return chain({ trigger, reads: [], when: undefined })
}

interface Begun {
  readonly trigger: Trigger
  readonly reads: readonly Read[]
  readonly when: ReactionDefinition['when']
}
function chain(begun: Begun): On<any, any, any, any, any> {
  const read = (state: string, access: Read['access'], keys: Read['keys']) =>
    chain({ ...begun, reads: [...begun.reads, { state, access, keys }] })
  const end = (
    step: string,
    direction: ReactionDefinition['direction'],
    handler: Handler,
    o: Partial<
      Pick<ReactionDefinition, 'emits' | 'rejects' | 'cancels' | 'excludes' | 'undoneBy' | 'withinMs' | 'answeredBy'>
    >,
  ) => ({
    step,
    direction,
    definition: {
      ...begun,
      step,
      direction,
      handler,
      emits: [...(o.emits ?? []), ...(o.rejects ?? [])],
      rejects: o.rejects ?? [],
      cancels: o.cancels ?? [],
      excludes: o.excludes ?? [],
      withinMs: o.withinMs,
      answeredBy: o.answeredBy ?? [],
      undoneBy: o.undoneBy === 'never' ? undefined : (o.undoneBy ?? step),
    },
  })
  return {
    reads: (name: string, keys: Read['keys']) => read(name, 'lock', keys),
    looksUp: (name: string, keys: Read['keys']) => read(name, 'look-up', keys),
    when: (filter: NonNullable<Begun['when']>) => chain({ ...begun, when: filter }),
    action: (step: string, o: any) => end(step, 'action', { form: 'action', run: o.run }, o),
    compensates: (step: string, o: any) =>
      end(
        step,
        'compensation',
        { form: 'compensation', run: o.run, otherwise: o.otherwise },
        { ...o, undoneBy: 'never' },
      ),
    effect: (step: string, { timeoutMs, intend, call, record, ...o }: any) =>
      end(step, 'action', { form: 'effect', timeoutMs, intend, call, record }, o),
    sql: (step: string, o: any) => end(step, 'action', { form: 'sql', run: o.run }, o),
    local: (run: any) => end(begun.trigger.type, 'local', { form: 'local', run }, { undoneBy: 'never' }),
  } as unknown as On<any, any, any, any, any>
}
