create table prices (
  sku text primary key,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  unit_price_minor bigint not null check (unit_price_minor between 0 and 9007199254740991)
);
