-- Evidence: an order earns once and loses once.
create table earnings (
  order_id uuid primary key,
  customer_id text not null,
  points bigint not null check (points >= 0),
  taken_back_at timestamptz
);
