-- What a good guest remembers: how a source has been and where it moved to, when a lease ends, which addresses are one
-- page, what a page asks for, and when a host was asked last. Statements end in ;;

alter table sources add column longest_s integer
;;
alter table sources add column budget integer not null default 500
;;
alter table sources add column spent integer not null default 0
;;
alter table sources add column wait_s integer
;;
alter table sources add column gap_s integer
;;
alter table sources add column fresh integer not null default 0
;;
alter table sources add column approved integer not null default 0
;;
alter table sources add column asked text
;;
alter table sources add column moving_to text
;;
alter table sources add column moves integer not null default 0
;;
alter table sources add column stopped text
;;
alter table sources add column last_success text
;;
alter table sources add column last_new text
;;
alter table sources add column last_reason text not null default ''
;;
create index sources_by_asked on sources (asked)
;;
alter table frontier add column leased_until text
;;
alter table frontier add column deaths integer not null default 0
;;
drop index frontier_by_host
;;
create index frontier_waiting on frontier (host, priority desc) where state = 'waiting'
;;
create index frontier_held on frontier (run) where state = 'leased'
;;
create index frontier_of_source on frontier (source) where state = 'waiting'
;;
create index pages_by_source on pages (source)
;;
create index pages_by_body on pages (body) where body is not null
;;
alter table frontier add column twin text
;;
create index frontier_by_twin on frontier (twin) where twin is not null
;;
alter table frontier add column revisit_at text
;;
create index frontier_by_revisit on frontier (revisit_at) where revisit_at is not null
;;
alter table pages add column canonical text
;;
create index pages_by_canonical on pages (canonical) where canonical is not null
;;
alter table pages add column reserved text not null default ''
;;
alter table pages add column full_at text
;;
alter table pages add column hints text not null default ''
;;
alter table links add column key text
;;
alter table links add column changed_at text
;;
alter table links add column twin text
;;
alter table frontier add column comments integer
;;
create table hosts (
    host text primary key,
    asked_at text,
    wait_s real not null default 0,
    rests_until text,
    reason text not null default ''
) strict, without rowid
;;
create table sites (
    site text primary key,
    robots_at text,
    robots_status integer,
    robots blob,
    tdm_at text,
    tdm text
) strict, without rowid
;;
drop view source_health
;;
create view source_health as
    select s.id, s.address, s.kind, s.label, s.active, s.stopped, s.asked, s.last_started, s.last_success,
        s.last_outcome, s.last_reason, s.failures, s.next_due, s.last_new, s.gap_s, s.budget, s.spent,
        (select count(*) from pages p where p.source = s.id) as pages,
        (select count(*) from pages p where p.source = s.id and p.reading = 'read') as "read",
        (select count(*) from pages p where p.source = s.id and p.kind = 'article' and p.body is not null
            and p.reading is null) as unread,
        (select min(p.fetched_at) from pages p where p.source = s.id and p.kind = 'article' and p.body is not null
            and p.reading is null) as unread_since,
        (select count(*) from pages p join stories t on t.document = p.id
            where p.source = s.id and t.gone_at is null) as stories,
        (select count(distinct t.cluster) from pages p join stories t on t.document = p.id
            join last_decisions d on d.cluster = t.cluster
            where p.source = s.id and d.verb = 'approve') as approved,
        (select count(*) from frontier f where f.source = s.id and f.state = 'waiting') as waiting,
        (select max(f.at) from fetches f where f.source = s.id) as last_fetch
    from sources s
