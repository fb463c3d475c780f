-- Sources, the queue of addresses, pages, documents, stories, clusters, decisions. Statements end in ;;

create table sources (
    id text primary key,
    address text not null unique,
    kind text not null,
    language text,
    label text,
    every_s integer not null,
    pages integer not null,
    options text not null default '{}',
    active integer not null default 1,
    next_due text,
    last_started text,
    last_outcome text,
    failures integer not null default 0
) strict
;;
create table frontier (
    id text primary key,
    url text not null,
    host text not null,
    spider text not null,
    source text references sources,
    kind text not null,
    depth integer not null default 0,
    priority integer not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'leased', 'done')),
    run text,
    not_before text,
    tries integer not null default 0,
    found_at text not null,
    found_on text,
    done_at text
) strict
;;
create index frontier_by_host on frontier (spider, state, host, priority desc)
;;
create index frontier_leased on frontier (host, run) where state = 'leased'
;;
create table bodies (
    id text primary key,
    body blob not null,
    bytes integer not null
) strict
;;
create table pages (
    id text primary key,
    url text not null,
    requested text not null unique,
    source text references sources,
    kind text not null,
    thread text,
    outcome text not null,
    reason text not null default '',
    status integer,
    headers text not null default '{}',
    body text references bodies,
    etag text,
    last_modified text,
    fetched_at text not null,
    first_fetched_at text not null,
    changed_at text,
    ms integer not null default 0,
    reading text,
    reading_reason text not null default '',
    reading_tries integer not null default 0,
    read_at text
) strict
;;
create index pages_unread on pages (fetched_at) where kind = 'article' and body is not null and reading is null
;;
create index pages_by_url on pages (url)
;;
create index pages_by_thread on pages (thread) where thread is not null
;;
create index frontier_by_thread on frontier (found_on) where kind = 'thread'
;;
create table links (
    page text not null references pages on delete cascade,
    url text not null,
    kind text not null,
    comments integer,
    primary key (page, url)
) strict, without rowid
;;
create table fetches (
    number integer primary key,
    page text not null references pages,
    source text,
    at text not null,
    outcome text not null,
    status integer,
    ms integer not null,
    bytes integer not null
) strict
;;
create index fetches_by_source on fetches (source, at)
;;
create table documents (
    id text primary key references pages,
    url text not null,
    title text,
    author text,
    date text,
    language text,
    text text not null,
    headings text not null default '[]',
    comments integer not null default 0,
    read_at text not null
) strict
;;
create table comments (
    document text not null references documents on delete cascade,
    key text not null,
    position integer,
    author text,
    date text,
    depth integer not null,
    parent integer,
    permalink text,
    kind text not null,
    edited integer not null default 0,
    quotes text not null default '[]',
    text text not null,
    found_at text not null,
    changed_at text,
    gone_at text,
    primary key (document, key)
) strict, without rowid
;;
create index comments_by_position on comments (document, position)
;;
create table clusters (
    id text primary key,
    made_at text not null
) strict
;;
create table stories (
    number integer primary key,
    id text not null unique,
    document text not null references documents,
    place integer,
    start integer not null,
    "end" integer not null,
    text text not null,
    title text not null,
    language text,
    score real not null,
    sector text not null,
    channel text not null,
    teller text not null,
    companies text not null default '[]',
    because text not null default '[]',
    fingerprint blob not null,
    cluster text not null references clusters,
    relation text not null,
    shared text not null default '[]',
    author text,
    date text,
    url text not null,
    found_at text not null,
    gone_at text,
    folded text generated always as (:folded) virtual
) strict
;;
create index stories_by_cluster on stories (cluster, gone_at)
;;
create index stories_by_score on stories (score)
;;
create index stories_by_document on stories (document)
;;
create table story_keys (
    key integer not null,
    story integer not null references stories on delete cascade,
    primary key (key, story)
) strict, without rowid
;;
create index story_keys_by_story on story_keys (story)
;;
create virtual table stories_fts using fts5 (
    folded, content = stories, content_rowid = number, tokenize = 'unicode61 remove_diacritics 2'
)
;;
create trigger stories_search_added after insert on stories begin
    insert into stories_fts (rowid, folded) values (new.number, new.folded);
end
;;
create trigger stories_search_removed after delete on stories begin
    insert into stories_fts (stories_fts, rowid, folded) values ('delete', old.number, old.folded);
end
;;
create trigger stories_search_changed after update of title, companies, text on stories begin
    insert into stories_fts (stories_fts, rowid, folded) values ('delete', old.number, old.folded);
    insert into stories_fts (rowid, folded) values (new.number, new.folded);
end
;;
create table decisions (
    number integer primary key,
    cluster text not null references clusters,
    verb text not null check (verb in ('approve', 'reject', 'reopen')),
    why text,
    note text not null default '',
    who text not null,
    at text not null
) strict
;;
create index decisions_by_cluster on decisions (cluster, number)
;;
create trigger decisions_are_never_changed before update on decisions begin
    select raise(abort, 'decisions are appended, never changed');
end
;;
create trigger decisions_are_never_deleted before delete on decisions begin
    select raise(abort, 'decisions are appended, never deleted');
end
