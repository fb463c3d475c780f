-- Where editors say that a found story begins and ends: what the detector learns from; the story itself stays as it was.

create table corrections (
    number integer primary key,
    story text not null references stories (id),
    start integer not null,
    "end" integer not null,
    text text not null,
    who text not null,
    at text not null
) strict
;;
create index corrections_by_story on corrections (story, number)
;;
create trigger corrections_are_never_changed before update on corrections begin
    select raise(abort, 'corrections are appended, never changed');
end
;;
create trigger corrections_are_never_deleted before delete on corrections begin
    select raise(abort, 'corrections are appended, never deleted');
end
