-- Sessions that were ended before they expired.
create table ended_sessions (
  id uuid primary key,
  expires_at timestamptz not null
);
create index ended_sessions_expires on ended_sessions (expires_at);

-- Who did what. What was done here is written before it is done; what services keep of acts on their letters is copied, since
-- they forget it with its saga.
create table acts (
  seq bigint generated always as identity primary key,
  at timestamptz not null default now(),
  operator text not null,
  -- Of what was done here: by which kind of session. Null of what a service tells.
  session text check (session in ('token', 'oidc', 'local')),
  act text not null,
  service text not null,
  -- Of a letter, or of a plan.
  id text not null,
  saga_id uuid,
  deaths integer,
  plan text,
  reason text,
  forced boolean not null default false,
  -- Null while it is not known.
  outcome text
);
create index acts_by_time on acts (at desc, seq desc);
create unique index acts_of_services on acts (service, id, saga_id, deaths, act, at, operator) nulls not distinct where session is null;

-- Up to where the acts of each service are copied, as its admin listener names the place.
create table copied_acts (
  service text primary key,
  after text not null
);
