-- The tables of a participant, beside its own. See docs/protocol.md for the rules that use them.
create schema saga;

-- Drawn after the saga's lock, so that it rises within a saga: (seq, n) is the order of arrival and of publication.
create sequence saga.arrival;

-- Rule 1: this row orders a saga in this participant over instances, topics and sources. Nothing updates it.
create table saga.sagas (
  saga_id uuid primary key,
  partition int not null,
  created_at timestamptz not null default now()
);

-- Fence and audit trail: one row per saga, step and direction.
create table saga.saga_log (
  saga_id uuid not null,
  step text not null,
  direction text not null check (direction in ('action', 'compensation')),
  service_name text not null,
  operation text generated always as (case direction when 'action' then step else 'undo ' || step end) virtual,
  payload jsonb not null,
  status text not null check (status in ('succeeded', 'rejected', 'refused', 'skipped', 'discarded', 'failed', 'calling', 'dead')),
  error_code text,
  attempts int not null,
  ended_ids text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (saga_id, step, direction)
);

-- Messages that are not done. due_at is set on what can run, and on nothing else (rules 16 and 30).
create table saga.waiting (
  message_id text not null,
  -- A tombstone stands for a record that nobody could read and that an operator has discarded (rule 21).
  kind text not null check (kind in ('timer', 'retry', 'parked', 'calling', 'dead', 'tombstone') and (kind <> 'tombstone' or saga_id is null)),
  saga_id uuid,
  partition int not null,
  message_type text,
  seq bigint not null,
  n int not null,
  step text,
  direction text check (direction in ('action', 'compensation')),
  due_at timestamptz,
  attempts int not null default 0,
  deaths int not null default 0,
  first_failed_at timestamptz,
  error_code text,
  error_message text,
  error_stack text,
  died_at timestamptz,
  request jsonb,
  key bytea,
  headers json not null,
  body bytea,
  created_at timestamptz not null default now()
);
-- An event's id is its sender's: two sagas may bring the same. Records that nobody can read have no saga, and one row each.
create unique index waiting_message on saga.waiting (saga_id, message_id) nulls not distinct;
-- With the type: what is due and held up (rule 23) is passed over without reading its rows.
create index waiting_due on saga.waiting (due_at, message_type) where due_at is not null;
create index waiting_dead on saga.waiting (died_at, seq, n) where kind = 'dead';
-- For the gauges, which are asked for every few seconds: they must not read what else waits, a target's whole backlog.
create index waiting_timers on saga.waiting (due_at) where kind = 'timer';
create index waiting_parked on saga.waiting (partition) where kind = 'parked';

-- Rule 24. A letter without a saga has a saga_id derived from its own id, so that its markers stay behind it.
create table saga.outbox (
  seq bigint not null,
  n int not null,
  saga_id uuid not null,
  topic text not null,
  partition int not null,
  key bytea,
  headers json not null,
  body bytea,
  deferred boolean not null,
  created_at timestamptz not null default now(),
  primary key (seq, n)
);
create index outbox_saga on saga.outbox (saga_id);
create index outbox_deferred on saga.outbox (saga_id) where deferred;

-- Rule 32: what was answered, written in the transaction that did it.
create table saga.idempotency_keys (
  route text not null,
  principal text not null,
  key text not null,
  body_hash bytea not null,
  status int not null,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (route, principal, key)
);
create index idempotency_keys_created on saga.idempotency_keys (created_at);

-- What operators did (rules 19 and 20), written in the transaction of the act. Discards are kept for ever.
create table saga.operator_acts (
  seq bigint not null,
  n int not null,
  at timestamptz not null default now(),
  operator text not null,
  act text not null check (act in ('replay', 'restore', 'discard')),
  plan text,
  saga_id uuid,
  letter_id text not null,
  deaths int not null,
  step text,
  direction text check (direction in ('action', 'compensation')),
  error_code text,
  reason text,
  forced boolean not null,
  primary key (seq, n)
);
create index operator_acts_letter on saga.operator_acts (saga_id, letter_id);
