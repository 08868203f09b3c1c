-- Evidence: one order is paid at most once and paid back at most once, whatever the fence thinks.
create table debits (
  order_id uuid primary key,
  customer_id text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor between 0 and 9007199254740991),
  refunded_at timestamptz
);
