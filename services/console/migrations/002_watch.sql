-- Edges of the choreography as they were taken, by minute: that `step` of `service` answered `message`, from whom (empty for
-- timers and requests). Latencies are counts by bucket (src/watch/latencies.ts).
create table taken_edges (
  minute timestamptz not null,
  kind text not null check (kind in ('event', 'timer', 'command')),
  message text not null,
  from_service text not null,
  from_step text not null,
  from_direction text not null,
  service text not null,
  step text not null,
  direction text not null,
  seen bigint not null,
  latencies bigint[] not null,
  last_at timestamptz not null,
  primary key (minute, kind, message, from_service, from_step, from_direction, service, step, direction)
);

-- Events as they were published, by minute: what an edge that nobody takes is measured by.
create table published_events (
  minute timestamptz not null,
  service text not null,
  step text not null,
  direction text not null,
  type text not null,
  seen bigint not null,
  primary key (minute, service, step, direction, type)
);

-- Every declaration that has stood, so that what an earlier version published is not called undeclared.
create table declared_before (
  service text not null,
  digest text not null,
  declaration jsonb not null,
  last_at timestamptz not null,
  primary key (service, digest)
);

-- Sagas of which something is new, and when they are to be checked: late enough for what belongs together to have come.
create table sagas_to_check (
  saga_id uuid primary key references sagas on delete cascade,
  check_at timestamptz not null
);
create index sagas_to_check_at on sagas_to_check (check_at);

create table broken_invariants (
  saga_id uuid not null references sagas on delete cascade,
  invariant text not null,
  says text[] not null,
  found_at timestamptz not null,
  primary key (saga_id, invariant)
);
create index broken_invariants_by_name on broken_invariants (invariant, found_at desc);

-- One row: how many sagas have been checked, and since when nothing of a saga can have been missed.
create table watch_state (
  one_row boolean primary key default true check (one_row),
  checked bigint not null default 0,
  whole_since timestamptz not null default now()
);
insert into watch_state default values;

-- What sagas wait for past its time, as their participants say; and when each is looked at next.
create table looks (
  saga_id uuid primary key references sagas on delete cascade,
  looked_at timestamptz not null,
  look_at timestamptz not null,
  looks integer not null
);
create table overdue_steps (
  saga_id uuid not null references looks on delete cascade,
  service text not null,
  step text not null,
  direction text not null,
  event_id text not null,
  event_type text not null,
  one_of text[] not null,
  since timestamptz,
  due timestamptz not null,
  stands text not null,
  attempts integer not null,
  error_message text,
  primary key (saga_id, service, step, direction, event_id)
);

-- One row: the last audit that reached everybody, and whom the last attempt did not reach.
create table audits (
  one_row boolean primary key default true check (one_row),
  tried_at timestamptz not null,
  silent jsonb not null,
  at timestamptz,
  sagas bigint,
  violations bigint,
  lines jsonb
);
