-- Money is in minor units; 9007199254740991 is the largest integer that JavaScript and JSON readers keep exact.
create table orders (
  order_id uuid primary key,
  customer_id text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  total_minor bigint not null check (total_minor between 0 and 9007199254740991),
  lines jsonb not null check (jsonb_array_length(lines) > 0),
  status text not null check (status in ('PENDING', 'CONFIRMED', 'CANCELLED', 'REFUNDING', 'REFUNDED')),
  reason text,
  settled boolean not null,
  stock_committed_at timestamptz,
  stock_released_at timestamptz,
  stock_returned_at timestamptz,
  cancellation_refund_minor bigint check (cancellation_refund_minor between 0 and 9007199254740991),
  requested_refund_minor bigint check (requested_refund_minor between 0 and 9007199254740991),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint orders_say_why_they_ended check ((reason is not null) = (status in ('CANCELLED', 'REFUNDING', 'REFUNDED'))),
  constraint orders_refunded_are_settled check (status <> 'REFUNDED' or settled),
  -- The same rule as settledAs in src/order.ts: whoever waits for an order relies on this column.
  constraint orders_settled_by_their_facts check (settled = case status
    when 'CONFIRMED' then stock_committed_at is not null
    when 'CANCELLED' then stock_released_at is not null and cancellation_refund_minor is not null
    when 'REFUNDED' then requested_refund_minor is not null and stock_returned_at is not null
    else false
  end)
)
-- An order is written two or three times: its page has room for that, and the indexes need not know of it.
with (fillfactor = 60);

-- Ids are UUIDv7, so that this is also the order of time: pages of a customer's orders are ranges of it.
create index orders_of_a_customer on orders (customer_id, order_id desc);
