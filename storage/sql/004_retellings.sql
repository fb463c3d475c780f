-- What tellings are compared by, how alike they are, and what editors said of them. Statements end in ;;
-- texts: same words, same text; likenesses stands both ways round; ties is appended, never changed: the last one on a
-- pair of stories counts. Stories that were there before have no text until they are compared anew.

create table texts (
    number integer primary key,
    compared text not null
) strict
;;
create table text_keys (
    key integer not null,
    text integer not null,
    primary key (key, text)
) strict, without rowid
;;
create table likenesses (
    one integer not null,
    other integer not null,
    odds real not null,
    primary key (one, other)
) strict, without rowid
;;
drop table story_keys
;;
alter table stories drop column fingerprint
;;
alter table stories add column same_text integer references texts
;;
create index stories_by_text on stories (same_text)
;;
alter table clusters add column became text references clusters
;;
create table groupings (
    number integer primary key,
    verb text not null check (verb in ('merge', 'split', 'apart')),
    cluster text not null references clusters,
    other text not null references clusters,
    moved text not null,
    note text not null default '',
    who text not null,
    at text not null
) strict
;;
create index groupings_by_cluster on groupings (cluster)
;;
create index groupings_by_other on groupings (other)
;;
create trigger groupings_are_never_changed before update on groupings begin
    select raise(abort, 'groupings are appended, never changed');
end
;;
create trigger groupings_are_never_deleted before delete on groupings begin
    select raise(abort, 'groupings are appended, never deleted');
end
;;
create table ties (
    number integer primary key,
    one text not null references stories (id),
    other text not null references stories (id),
    same integer not null check (same in (0, 1)),
    grouping integer not null references groupings,
    check (one < other)
) strict
;;
create index ties_by_one on ties (one, other, number)
;;
create index ties_by_other on ties (other)
;;
create trigger ties_are_never_changed before update on ties begin
    select raise(abort, 'ties are appended, never changed');
end
;;
create trigger ties_are_never_deleted before delete on ties begin
    select raise(abort, 'ties are appended, never deleted');
end
;;
create view last_ties as
    select t.* from ties t where t.number = (select max(number) from ties where one = t.one and other = t.other)
;;
create table likeness_weights (
    sign text primary key,
    weight real not null
) strict
