-- What each day brought, by source and language: what charts and alarms stand on, kept when the log of fetches is let go.
-- Statements end in ;;

create table days (
    day text not null,
    what text not null,
    source text not null default '',
    language text not null default '',
    count integer not null,
    primary key (day, what, source, language)
) strict, without rowid
