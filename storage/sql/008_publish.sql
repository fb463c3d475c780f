-- What publishing stands on: the licence that a page names, and what must never come back. blocked has hashes alone.
-- Statements end in ;;

alter table documents add column licence text
;;
create index decisions_approving on decisions (cluster) where verb = 'approve'
;;
create table blocked (
    hash text primary key,
    kind text not null check (kind in ('page', 'site', 'words')),
    at text not null,
    who text not null,
    reason text not null
) strict, without rowid
;;
create trigger clusters_change_with_a_wish after update of reserved on pages when new.reserved <> old.reserved begin
    update clusters set version = (select max(version) from clusters) + 1
    where id in (select cluster from stories where document = new.id);
end
;;
create trigger clusters_change_with_a_page after update of licence, title, media on documents
when new.licence is not old.licence or new.title is not old.title or new.media <> old.media begin
    update clusters set version = (select max(version) from clusters) + 1
    where id in (select cluster from stories where document = new.id);
end
;;
create trigger clusters_change_with_a_source after update of options, label on sources
when new.options <> old.options or new.label is not old.label begin
    update clusters set version = (select max(version) from clusters) + 1
    where id in (select s.cluster from pages p join stories s on s.document = p.id where p.source = new.id);
end
