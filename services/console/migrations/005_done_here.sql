-- By which acts of services are told from those of the command line: a discard by its letter, a replay by its plan.
create index acts_done_here on acts (id) where session is not null and act in ('run', 'discard');
