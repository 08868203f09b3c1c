-- Evidence of what went out; the address is not repeated here.
create table notifications (
  id text primary key,
  order_id uuid not null,
  template text not null check (template in ('confirmed', 'cancelled', 'refunded')),
  channel text not null check (channel in ('mail', 'log')),
  subject text not null,
  text text not null,
  sent_at timestamptz not null,
  constraint notifications_are_one_per_template check (id = order_id::text || '/' || template)
);

create index notifications_of_an_order on notifications (order_id);
