-- What the observer knows. A saga's id is a UUIDv7: its order is that of time, so that pages and expiry go by it alone.
create table sagas (
  saga_id uuid primary key,
  state text not null check (state in ('open', 'blocked', 'settled')),
  -- Set by the watchdog, which asks the participants.
  overdue boolean not null default false,
  ending text,
  began_at timestamptz not null,
  last_at timestamptz not null,
  settled_at timestamptz,
  last_event text,
  last_step text,
  -- Of its open letters, the oldest.
  error_code text,
  attributes jsonb not null default '{}',
  events integer not null,
  -- What it waits for, by its events alone; the steps of its open letters are in `steps` too.
  awaited jsonb not null default '[]',
  steps text[] not null default '{}',
  awaited_by timestamptz,
  -- When whoever settles it is to be asked next; when it was asked last, and what it said.
  ask_at timestamptz,
  asked_at timestamptz,
  said_ending text,
  said_settled_at timestamptz
);
create index sagas_by_state on sagas (state, saga_id);
create index sagas_by_ending on sagas (ending, saga_id) where ending is not null;
create index sagas_by_error on sagas (error_code, saga_id) where error_code is not null;
create index sagas_overdue on sagas (saga_id) where overdue;
create index sagas_by_step on sagas using gin (steps) where steps <> '{}';
-- The watchdog's queue.
create index sagas_awaited_by on sagas (awaited_by) where state = 'open' and awaited_by is not null;
create index sagas_ask_at on sagas (ask_at) where ask_at is not null;

-- How many sagas there are of each kind, by the minute in which they began: kept with every change, since counting a million
-- takes too long for a page. An ending that is not known is ''.
create table saga_counts (
  minute timestamptz not null,
  state text not null,
  ending text not null,
  n integer not null,
  primary key (minute, state, ending)
);

-- By which sagas are looked up. Not an index over sagas.attributes: its entries would be written anew with each change of a saga.
create table saga_attributes (
  name text not null,
  value text not null,
  saga_id uuid not null,
  primary key (name, value, saga_id)
);
create index saga_attributes_by_saga on saga_attributes (saga_id);

create table events (
  saga_id uuid not null,
  id text not null,
  source text not null,
  service text not null,
  -- As declarations name it: without the namespace.
  type text not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  at timestamptz not null,
  seen_at timestamptz not null,
  step text,
  direction text,
  causation_id text,
  trace_id text,
  -- Where it was seen again: partition:offset. A record that is read twice is no copy.
  other_places text[] not null default '{}',
  copies integer not null generated always as (1 + cardinality(other_places)) stored,
  -- A copy had another type or body.
  differs boolean not null default false,
  event jsonb,
  headers jsonb not null,
  body bytea,
  -- Why `event` is null: `undecodable` for good, `schema` when the registry may yet say how to read it.
  unread text check (unread in ('undecodable', 'schema')),
  primary key (saga_id, id, source)
);
create index events_unread on events (unread, seen_at) where unread is not null;

-- Records of event and letter topics that are no events of a saga, as they came.
create table foreign_records (
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  why text not null,
  key bytea,
  headers jsonb not null,
  body bytea,
  seen_at timestamptz not null,
  primary key (topic, partition, "offset")
);
create index foreign_records_seen_at on foreign_records (seen_at);

-- The last that its topic says of each letter.
create table letters (
  -- Orders those that died in the same millisecond.
  seq bigint generated always as identity,
  service text not null,
  id text not null,
  -- Null for a record that nobody could read.
  saga_id uuid,
  status text not null,
  deaths integer not null,
  step text,
  direction text,
  message_type text,
  error_code text not null,
  error_message text not null,
  attempts integer not null,
  first_failed_at timestamptz,
  died_at timestamptz not null,
  partition integer not null,
  "offset" bigint not null,
  seen_at timestamptz not null,
  unique nulls not distinct (service, id, saga_id)
);
create index letters_by_saga on letters (saga_id);
create index letters_open on letters (died_at, seq) where status = 'open';

create table declarations (
  service text primary key,
  declaration jsonb,
  -- Why there is no declaration to go by.
  fault text,
  seen_at timestamptz not null
);
