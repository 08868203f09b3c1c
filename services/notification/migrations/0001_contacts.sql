create table contacts (
  customer_id text primary key,
  email text not null check (email like '%_@_%')
);
