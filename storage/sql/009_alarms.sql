-- What was found wrong, since when, whether it was told, and when it was over; what was sent of it; and what each source
-- brought each day, which it is found by. Statements end in ;;

create table alarms (
    number integer primary key,
    kind text not null,
    subject text not null,
    said text not null,
    since text not null,
    seen_at text not null,
    told_at text,
    over_at text,
    over_told_at text
) strict
;;
create unique index alarms_open on alarms (kind, subject) where over_at is null
;;
create table notices (
    number integer primary key,
    id text not null,
    place text not null,
    subject text not null,
    body text not null,
    made_at text not null,
    sent_at text,
    tries integer not null default 0,
    not_before text not null,
    trouble text not null default '',
    unique (id, place)
) strict
;;
create table yields (
    source text not null,
    day text not null,
    new integer not null,
    judged integer not null,
    texts integer not null,
    talked integer not null,
    primary key (source, day)
) strict, without rowid
;;
create index pages_by_arrival on pages (first_fetched_at) where kind = 'article'
