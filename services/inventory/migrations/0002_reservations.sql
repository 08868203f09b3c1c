-- Evidence: stock moves only with a row here that says so, whatever the fence thinks.
create table reservations (
  order_id uuid primary key,
  basket text not null,
  lines jsonb not null check (jsonb_array_length(lines) > 0),
  status text not null check (status in ('reserved', 'committed', 'held', 'released', 'returned', 'taken-over')),
  took_over uuid
)
-- A reservation is written twice: its page has room for that, and the indexes need not know of it.
with (fillfactor = 60);
-- What an order held is taken over once.
create unique index reservations_took_over on reservations (took_over) where took_over is not null;
