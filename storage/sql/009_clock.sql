-- When each job runs next and who runs it, each run with its outcome, and what is paused. Statements end in ;;

create table schedule (
    job text primary key,
    due text,
    run text,
    leased_until text,
    failures integer not null default 0
) strict, without rowid
;;
create table runs (
    id text primary key,
    job text not null,
    began text not null,
    ended text,
    outcome text not null default 'running'
        check (outcome in ('running', 'done', 'attention', 'failed', 'killed', 'elsewhere')),
    said text not null default ''
) strict
;;
create index runs_by_job on runs (job, began)
;;
create index runs_running on runs (id) where outcome = 'running'
;;
create table pauses (
    what text primary key,
    since text not null,
    until text,
    who text not null,
    note text not null default ''
) strict, without rowid
;;
alter table sources add column cron text
;;
alter table sources add column quiet text
;;
alter table sources add column look_back integer not null default 1
