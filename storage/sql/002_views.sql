-- last_decisions: the one that counts for each cluster. cluster_list: a cluster with its best telling, its state and
-- its size; a cluster keeps its last telling when its source has lost it. inbox and published: what waits for an
-- editor, and what readers get.

create view last_decisions as
    select d.* from decisions d
    where d.number = (select max(number) from decisions where cluster = d.cluster)
;;
create view cluster_list as
    select s.cluster,
        case d.verb when 'approve' then 'approved' when 'reject' then 'rejected' else 'open' end as state,
        s.title, s.text, s.language, s.score, s.sector, s.channel, s.teller, s.companies, s.because, s.url,
        s.author, s.date, s.id as story,
        (select count(*) from stories t where t.cluster = s.cluster and t.gone_at is null) as tellings,
        (select count(distinct t.language) from stories t
            where t.cluster = s.cluster and t.gone_at is null) as languages,
        c.made_at as found_at, d.why, d.note, d.who as decided_by, d.at as decided_at
    from stories s
    join clusters c on c.id = s.cluster
    left join last_decisions d on d.cluster = s.cluster
    where s.number = (
        select t.number from stories t where t.cluster = s.cluster
        order by t.gone_at is null desc, t.relation = 'first' desc, t.score desc, t.number limit 1)
;;
create view inbox as
    select * from cluster_list where state = 'open' and tellings > 0 order by score desc, found_at
;;
create view published as
    select * from cluster_list where state = 'approved' order by decided_at desc, cluster
;;
create view story_list as
    select s.number, s.id, s.title, s.language, s.score, s.sector, s.channel, s.teller, s.companies, s.date, s.author,
        s.url, s.cluster, s.relation, l.state, s.text, s.because, s.found_at, d.title as page_title, d.url as page_url
    from stories s join documents d on d.id = s.document join cluster_list l on l.cluster = s.cluster
    where s.gone_at is null
;;
create view source_health as
    select s.address, s.kind, s.label, s.active, s.last_started, s.last_outcome, s.failures, s.next_due,
        (select count(*) from pages p where p.source = s.id) as pages,
        (select count(*) from pages p where p.source = s.id and p.reading = 'read') as "read",
        (select count(*) from stories t join pages p on p.id = t.document
            where p.source = s.id and t.gone_at is null) as stories,
        (select max(f.at) from fetches f where f.source = s.id) as last_fetch
    from sources s
;;
create view outcomes as
    select f.source, f.outcome, count(*) as fetches, max(f.at) as last from fetches f group by f.source, f.outcome
