-- When its broker took the record: what was put aside for a fault of the observer's own is read again by it.
alter table foreign_records add column at timestamptz;
-- Whose fault it was was not kept: they are read again once.
update foreign_records set why = 'fault' where why = 'refused';
create index foreign_records_put_aside on foreign_records (topic, partition, "offset") where why = 'fault';
