-- What the desk's lists, searches and submissions stand on. Statements end in ;;
-- A cluster's version grows with every change to it: of its tellings, or by an editor. So a reader that remembers the
-- highest one it has seen asks only for what has changed since. words are the long words of the languages that write
-- compounds as one; word_parts finds those that hold a part.

alter table clusters add column version integer not null default 0
;;
create index clusters_by_version on clusters (version)
;;
create trigger clusters_change_with_a_new_story after insert on stories begin
    update clusters set version = (select max(version) from clusters) + 1 where id = new.cluster;
end
;;
create trigger clusters_change_with_a_story after update on stories begin
    update clusters set version = (select max(version) from clusters) + 1 where id in (old.cluster, new.cluster);
end
;;
create trigger clusters_change_with_a_story_that_goes after delete on stories begin
    update clusters set version = (select max(version) from clusters) + 1 where id = old.cluster;
end
;;
create trigger clusters_change_with_a_decision after insert on decisions begin
    update clusters set version = (select max(version) from clusters) + 1 where id = new.cluster;
end
;;
create table words (
    number integer primary key,
    word text not null unique
) strict
;;
create virtual table word_parts using fts5 (word, content = words, content_rowid = number, tokenize = 'trigram')
;;
create trigger words_parts_added after insert on words begin
    insert into word_parts (rowid, word) values (new.number, new.word);
end
;;
create trigger words_parts_removed after delete on words begin
    insert into word_parts (word_parts, rowid, word) values ('delete', old.number, old.word);
end
;;
create table searches (
    number integer primary key,
    name text not null unique collate nocase,
    asked text not null,
    public integer not null default 0 check (public in (0, 1)),
    who text not null,
    at text not null
) strict
;;
alter table documents add column media text not null default '[]'
;;
create table submissions (
    number integer primary key,
    kind text not null check (kind in ('link', 'video', 'text')),
    url text,
    title text not null default '',
    words text not null default '',
    language text,
    printed text not null default '',
    who text,
    at text not null,
    address text,
    page text references pages,
    closed_at text,
    closed_by text
) strict
;;
create index submissions_by_page on submissions (page)
