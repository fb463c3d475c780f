-- What was found wrong, since when, whether it was told, and when it was over. Statements end in ;;

create table alarms (
    number integer primary key,
    kind text not null,
    subject text not null,
    said text not null,
    since text not null,
    told_at text,
    over_at text,
    over_told_at text
) strict
;;
create unique index alarms_open on alarms (kind, subject) where over_at is null
