-- Rule 24: the events that a transaction publishes to one partition are one row, which goes when the broker has all of them.
create table saga.outbox_bundles (
  seq bigint not null,
  -- That of its first event.
  n int not null,
  -- Of each event.
  saga_ids uuid[] not null,
  records text not null,
  created_at timestamptz not null default now(),
  primary key (seq, n)
);
-- To compress them would cost more than it saves.
alter table saga.outbox_bundles alter records set storage external, alter saga_ids set storage external;

-- saga.outbox keeps a row for each event that is left to the sweeper: it may publish whatever stands there, in order. So
-- may it what a version before this one has left there; without the column a process of that version commits no more
-- events, which it would not look for among the bundles.
drop index saga.outbox_deferred;
alter table saga.outbox drop column deferred;

-- Of each event that Kafka has not acknowledged, or not long ago.
create view saga.unpublished as
  select seq, saga_id, created_at from saga.outbox
  union all
  select seq, unnest(saga_ids), created_at from saga.outbox_bundles;
