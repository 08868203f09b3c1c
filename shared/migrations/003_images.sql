-- The table that a transaction locks first (rule 1): none is under way then that would hold what comes next, in another order.
lock table saga.sagas in exclusive mode;

-- What a step changed of its saga's own rows, for whoever looks back at the saga: json, which keeps the order of their columns.
-- Null: nothing, or SAGA_IMAGES is off.
alter table saga.saga_log add column images json;
