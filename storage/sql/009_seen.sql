-- What readers get is the telling that was shown when it was approved (an approval names it); where its source has lost
-- that one, another that was there, and never one that came later. A note changes nothing that anybody is shown.
-- Statements end in ;;

drop view cluster_list
;;
create view cluster_list as
    select s.cluster,
        case d.verb when 'approve' then 'approved' when 'reject' then 'rejected' when 'hold' then 'held'
            when 'unpublish' then 'held' else 'open' end as state,
        :edit(title) as title,
        coalesce((select p.text from spans p where p.story = s.id), s.text) as text,
        :edited(summary) as summary,
        :edit(language) as language, s.score, :edit(sector) as sector, :edit(channel) as channel,
        :edit(teller) as teller, :edit(companies) as companies, s.because, s.url, s.author, s.date, s.id as story,
        (select count(*) from stories t where t.cluster = s.cluster and t.gone_at is null) as tellings,
        (select count(distinct t.language) from stories t
            where t.cluster = s.cluster and t.gone_at is null) as languages,
        exists (select 1 from stories t join submissions u on u.page = t.document
            where t.cluster = s.cluster) as submitted,
        c.made_at as found_at, c.version, d.why, d.note, d.who as decided_by, d.at as decided_at
    from stories s
    join clusters c on c.id = s.cluster
    left join last_decisions d on d.cluster = s.cluster
    where s.number = coalesce(
        (select t.number from stories t
            where t.id = d.story and t.cluster = s.cluster and t.gone_at is null and d.verb = 'approve'),
        (select t.number from stories t
            where t.cluster = s.cluster and t.gone_at is null and d.verb = 'approve' and t.found_at <= d.at
            order by t.relation = 'first' desc, t.score desc, t.number limit 1),
        (select t.number from stories t where t.cluster = s.cluster and d.verb = 'approve' and t.found_at <= d.at
            order by t.relation = 'first' desc, t.score desc, t.number limit 1),
        (select t.number from stories t where t.cluster = s.cluster
            order by t.gone_at is null desc, t.relation = 'first' desc, t.score desc, t.number limit 1))
;;
drop trigger clusters_change_with_a_decision
;;
create trigger clusters_change_with_a_decision after insert on decisions when new.verb <> 'note' begin
    update clusters set version = (select max(version) from clusters) + 1 where id in (new.cluster, new.other);
end
