-- One log of all that editors do, in the order in which they did it; groupings and corrections become part of it.
-- Nothing in it is changed or deleted: what is taken back gets an `undo` of its own, which a later `redo` ends again.
-- log: with whether each act stands. standing: what was not taken back. last_decisions: what counts of each cluster's
-- judgements. edits, spans and masks: what editors make of a story for its readers. Statements end in ;;

create table log_of_editors (
    number integer primary key,
    cluster text not null references clusters,
    verb text not null check (verb in ('approve', 'reject', 'hold', 'unpublish', 'reopen', 'note', 'merge', 'split',
        'apart', 'edit', 'mask', 'undo', 'redo')),
    why text,
    note text not null default '',
    who text not null,
    at text not null,
    undoes integer references log_of_editors,
    other text references clusters,
    moved text,
    story text references stories (id),
    field text,
    value text,
    check ((verb in ('undo', 'redo')) = (undoes is not null))
) strict
;;
insert into log_of_editors (number, cluster, verb, why, note, who, at)
    select number, cluster, verb, why, note, who, at from decisions
;;
insert into log_of_editors (number, cluster, verb, note, who, at, other, moved)
    select (select coalesce(max(number), 0) from decisions) + number, cluster, verb, note, who, at, other, moved
    from groupings
;;
insert into log_of_editors (number, cluster, verb, who, at, story, field, value)
    select (select coalesce(max(number), 0) from decisions) + (select coalesce(max(number), 0) from groupings)
        + c.number, s.cluster, 'edit', c.who, c.at, c.story, 'span',
        json_object('start', c.start, 'end', c."end", 'text', c.text)
    from corrections c join stories s on s.id = c.story
;;
create table new_ties (
    number integer primary key,
    one text not null references stories (id),
    other text not null references stories (id),
    same integer not null check (same in (0, 1)),
    decision integer not null references log_of_editors,
    check (one < other)
) strict
;;
insert into new_ties (number, one, other, same, decision)
    select number, one, other, same, (select coalesce(max(number), 0) from decisions) + grouping from ties
;;
drop table ties
;;
drop table groupings
;;
drop table corrections
;;
drop table decisions
;;
alter table log_of_editors rename to decisions
;;
alter table new_ties rename to ties
;;
create index decisions_by_cluster on decisions (cluster, number)
;;
create index decisions_by_other on decisions (other) where other is not null
;;
create index decisions_undone on decisions (undoes, number) where undoes is not null
;;
create index decisions_editing on decisions (cluster, field) where verb in ('edit', 'mask')
;;
create index decisions_on_spans on decisions (story) where field = 'span'
;;
create index ties_by_one on ties (one, other, number)
;;
create index ties_by_other on ties (other)
;;
create index ties_by_decision on ties (decision)
;;
create trigger decisions_are_never_changed before update on decisions begin
    select raise(abort, 'decisions are appended, never changed');
end
;;
create trigger decisions_are_never_deleted before delete on decisions begin
    select raise(abort, 'decisions are appended, never deleted');
end
;;
create trigger ties_are_never_changed before update on ties begin
    select raise(abort, 'ties are appended, never changed');
end
;;
create trigger ties_are_never_deleted before delete on ties begin
    select raise(abort, 'ties are appended, never deleted');
end
;;
create trigger clusters_change_with_a_decision after insert on decisions begin
    update clusters set version = (select max(version) from clusters) + 1 where id in (new.cluster, new.other);
end
;;
create trigger clusters_change_with_a_new_submission after insert on submissions when new.page is not null begin
    update clusters set version = (select max(version) from clusters) + 1
    where id in (select cluster from stories where document = new.page);
end
;;
create trigger clusters_change_with_a_submission after update of page on submissions begin
    update clusters set version = (select max(version) from clusters) + 1
    where id in (select cluster from stories where document in (old.page, new.page));
end
;;
create view log as
    select d.*, coalesce(
        (select u.number = d.number or (d.undoes is null and u.verb = 'redo') from decisions u
            where u.undoes = coalesce(d.undoes, d.number) order by u.number desc limit 1), 1) as stands
    from decisions d
;;
create view standing as
    select d.* from decisions d
    where d.undoes is null and coalesce(
        (select u.verb from decisions u where u.undoes = d.number order by u.number desc limit 1), 'redo') = 'redo'
;;
create view last_decisions as
    select d.* from decisions d
    where d.verb in ('approve', 'reject', 'hold', 'unpublish', 'reopen') and d.number = (
        select s.number from standing s
        where s.cluster = d.cluster and s.verb in ('approve', 'reject', 'hold', 'unpublish', 'reopen')
        order by s.number desc limit 1)
;;
create view last_ties as
    select t.* from ties t
    where t.number = (
        select m.number from ties m join standing s on s.number = m.decision
        where m.one = t.one and m.other = t.other order by m.number desc limit 1)
;;
create view edits as
    select d.number, d.cluster, d.field, d.value, d.who, d.at from decisions d
    where d.verb = 'edit' and d.story is null and d.number = (
        select s.number from standing s where s.cluster = d.cluster and s.field = d.field and s.verb = 'edit'
        order by s.number desc limit 1)
;;
create view spans as
    select d.number, d.cluster, d.story, json_extract(d.value, '$.start') as start,
        json_extract(d.value, '$.end') as "end", json_extract(d.value, '$.text') as text, d.who, d.at
    from decisions d
    where d.field = 'span' and d.number = (
        select s.number from standing s where s.story = d.story and s.field = 'span' order by s.number desc limit 1)
;;
create view masks as
    select s.number, s.cluster, json_extract(s.value, '$.what') as what, json_extract(s.value, '$.instead') as instead,
        s.who, s.at
    from standing s where s.verb = 'mask'
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
            where t.cluster = s.cluster and t.gone_at is null and d.verb = 'approve' and t.found_at <= d.at
            order by t.relation = 'first' desc, t.score desc, t.number limit 1),
        (select t.number from stories t where t.cluster = s.cluster
            order by t.gone_at is null desc, t.relation = 'first' desc, t.score desc, t.number limit 1))
;;
create view inbox as
    select * from cluster_list where state = 'open' and tellings > 0 order by score desc, found_at
;;
create view published as
    select * from cluster_list where state = 'approved' order by decided_at desc, cluster
