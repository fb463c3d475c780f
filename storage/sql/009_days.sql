-- What each day brought, by source and by language: what charts stand on, and what is kept when the log of fetches is let
-- go; and what counting quickly needs. Statements end in ;;

create table days (
    what text not null,
    day text not null,
    word text not null default '',
    source text not null default '*',
    language text not null default '*',
    count integer not null,
    primary key (what, day, word, source, language)
) strict, without rowid
;;
create index day_totals on days (what, word, count) where source = '*' and language = '*'
;;
create index fetches_by_time on fetches (at)
;;
create index pages_by_reading on pages (read_at) where read_at is not null
;;
create index stories_by_finding on stories (found_at)
;;
create index decisions_by_time on decisions (at)
;;
create index clusters_with_age on clusters (id, made_at)
;;
create index frontier_by_age on frontier (coalesce(not_before, found_at)) where state = 'waiting'
;;
drop index pages_by_source
;;
create index pages_by_source on pages (source, reading)
;;
drop index stories_by_document
;;
create index stories_by_document on stories (document, gone_at, cluster)
;;
drop view source_health
;;
create view source_health as
    with held as (
        select source, count(*) as pages, count(*) filter (where reading = 'read') as "read" from pages group by source
    ), waiting as (
        select source, count(*) as unread, min(fetched_at) as since from pages
        where kind = 'article' and body is not null and reading is null group by source
    ), told as (
        select p.source, count(*) as stories from stories t join pages p on p.id = t.document
        where t.gone_at is null group by p.source
    ), liked as (
        select p.source, count(distinct t.cluster) as approved
        from last_decisions d cross join stories t on t.cluster = d.cluster join pages p on p.id = t.document
        where d.verb = 'approve' group by p.source
    ), queued as (
        select source, count(*) as addresses from frontier where state = 'waiting' group by source
    )
    select s.id, s.address, s.kind, s.label, s.active, s.stopped, s.asked, s.last_started, s.last_success,
        s.last_outcome, s.last_reason, s.failures, s.next_due, s.last_new, s.gap_s, s.budget, s.spent,
        coalesce(h.pages, 0) as pages, coalesce(h."read", 0) as "read", coalesce(w.unread, 0) as unread,
        w.since as unread_since, coalesce(t.stories, 0) as stories, coalesce(l.approved, 0) as approved,
        coalesce(q.addresses, 0) as waiting, (select max(f.at) from fetches f where f.source = s.id) as last_fetch
    from sources s
    left join held h on h.source = s.id left join waiting w on w.source = s.id left join told t on t.source = s.id
    left join liked l on l.source = s.id left join queued q on q.source = s.id
