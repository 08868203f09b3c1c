-- `basket` is a digest of customer and lines: the text itself can be longer than an index entry may be.
create table holds (
  basket text primary key,
  order_ids jsonb not null check (jsonb_array_length(order_ids) > 0)
);
