-- The same work as the engine's, as an expert would write it by hand for DuckDB over the same record tables: twenty metrics of every rep and
-- month. Shared things (who is external, local days, ownership) are made once. `:connect_seconds` and the like are the default thresholds.
-- Left out, in its favour: chains of merges, coverage, reasons for "none", records behind a number, changes of time zone.

create temp table zone as select id as rep_id, coalesce(time_zone, 'UTC') as zone from rec_rep;

create temp table person as
with known as (
    select lower(trim(email)) as address, min(id) as contact_id, min(account_id) as account_id from rec_contact
    where email is not null and coalesce(deleted, false) = false and merged_into_id is null group by 1
), leads as (
    select lower(trim(email)) as address, min(id) as lead_id from rec_lead where email is not null and coalesce(deleted, false) = false group by 1
), domains as (
    select domain, min(account_id) as account_id from (
        select lower(domain) as domain, id as account_id from rec_account where domain is not null and coalesce(deleted, false) = false and merged_into_id is null
        union all select lower(domain), account_id from rec_account_domain) group by 1
), addresses as (
    select distinct lower(trim(address)) as address from (
        select address from rec_email_recipient union select from_address from rec_email union select address from rec_meeting_attendee
        where coalesce(resource, false) = false union select email from rec_contact) where address is not null
)
select a.address, coalesce('contact:' || k.contact_id, 'lead:' || l.lead_id, 'address:' || a.address) as person_id,
    coalesce(k.account_id, d.account_id) as account_id
from addresses a left join known k using (address) left join leads l using (address)
left join domains d on d.domain = split_part(a.address, '@', 2)
where k.contact_id is not null or l.lead_id is not null
   or (split_part(a.address, '@', 2) not in (select domain from own_domain) and split_part(a.address, '@', 2) not in (select domain from free_mail));

create temp table month_of_mail as
select e.id, e.rep_id, e.thread_id, e.sent_at, e.direction, e.automated, lower(trim(e.from_address)) as sender,
    date_trunc('month', timezone(z.zone, to_timestamp(e.sent_at))) as month,
    e.direction = 'inbound' and coalesce(lower(trim(e.auto_submitted)), 'no') = 'no' and e.x_autoreply is null and e.x_autorespond is null
        and coalesce(lower(trim(e.precedence)), '') not in ('bulk', 'auto_reply') and coalesce(e.return_path, '') <> '<>'
        and not coalesce(e.calendar_reply, false) and not coalesce(e.bounce, false) as human
from rec_email e join zone z using (rep_id)
where e.direction = 'inbound' or not (coalesce(e.calendar_reply, false) or coalesce(e.bounce, false));

create temp table sent_to as
select distinct m.id, m.rep_id, m.month, m.sent_at, m.thread_id, m.automated, p.person_id, p.account_id
from month_of_mail m join rec_email_recipient r on r.email_id = m.id join person p on p.address = lower(trim(r.address))
where m.direction = 'outbound';

create temp table received as
select m.id, m.rep_id, m.month, m.sent_at, m.thread_id, p.person_id from month_of_mail m join person p on p.address = m.sender where m.human;

create temp table held as
select m.id, a.rep_id, m.start_at, date_trunc('month', timezone(z.zone, to_timestamp(m.start_at))) as month
from rec_meeting m join (
    select meeting_id, rep_id from rec_meeting_attendee where rep_id is not null and coalesce(response, '') <> 'declined'
    union select id, organizer_id from rec_meeting where organizer_id is not null
        and not exists (select 1 from rec_meeting_attendee x where x.meeting_id = rec_meeting.id and x.rep_id = organizer_id)) a on a.meeting_id = m.id
join zone z on z.rep_id = a.rep_id
where coalesce(m.status, 'scheduled') in ('held', 'scheduled') and m.start_at <= (select a.at from as_of a)
  and exists (select 1 from rec_meeting_attendee x join person p on p.address = lower(trim(x.address))
              where x.meeting_id = m.id and coalesce(x.response, '') <> 'declined' and coalesce(x.resource, false) = false);

create temp table met as
select distinct h.id, h.rep_id, h.month, h.start_at, p.person_id, p.account_id from held h
join rec_meeting_attendee x on x.meeting_id = h.id and coalesce(x.response, '') <> 'declined'
join person p on p.address = lower(trim(x.address));

create temp table dialled as
select c.id, c.rep_id, c.started_at, c.seconds, date_trunc('month', timezone(z.zone, to_timestamp(c.started_at))) as month,
    case when d.connected is not null then d.connected when c.seconds >= 120 then true end as connected,
    coalesce('contact:' || c.contact_id, 'lead:' || c.lead_id, p.person_id) as person_id, coalesce(k.account_id, p.account_id, c.account_id) as account_id
from rec_call c join zone z using (rep_id) left join disposition d on d.word = lower(trim(c.disposition))
left join rec_contact k on k.id = c.contact_id left join person p on p.address = lower(trim(c.address))
where c.direction = 'outbound';

create temp table touched as
select rep_id, month, 'email' as kind, id, sent_at as at, person_id, account_id from sent_to
union all select rep_id, month, 'call', id, started_at, person_id, account_id from dialled
union all select rep_id, month, 'meeting', id, start_at, person_id, account_id from met;

create temp table accepted as select pipeline, min(position) as position from rec_stage where accepted group by 1;

create temp table deal as
select o.*, coalesce(r.rate, 1.0) as rate from rec_opportunity o
left join rec_exchange_rate r on r.currency = o.currency and r.from_day <= o.close_day
where coalesce(o.deleted, false) = false and coalesce(o.test, false) = false and o.merged_into_id is null
qualify row_number() over (partition by o.id order by r.from_day desc nulls last) = 1;

create temp table closing as
with move as (
    select c.opportunity_id, c.new, max(c.changed_at) as moved_at from rec_opportunity_change c where c.field = 'stage' group by all
)
select d.id, d.owner_id as rep_id, s.outcome, d.amount_cents, d.rate, d.created_at, c.moved_at, d.close_day,
    case s.outcome when 'won' then d.close_day else coalesce(cast(floor(c.moved_at / 86400.0) as int), d.close_day) end as day
from deal d join rec_stage s on s.id = d.stage_id and s.outcome <> 'open'
left join move c on c.opportunity_id = d.id and c.new = d.stage_id
where d.amount_cents is null or d.amount_cents > 0;

create temp table ownership as
select opportunity_id, rep_id, from_at, coalesce(lead(from_at) over (partition by opportunity_id order by from_at), 9e18) as until_at from (
    select d.id as opportunity_id, coalesce((select arg_min(c.old, c.changed_at) from rec_opportunity_change c where c.opportunity_id = d.id and c.field = 'owner'), d.owner_id) as rep_id,
        d.created_at as from_at from deal d
    union all select opportunity_id, new, changed_at from rec_opportunity_change where field = 'owner');

create temp table engaged as
select distinct t.rep_id, t.month, t.kind, t.id, o.opportunity_id from touched t
join deal d on d.account_id = t.account_id and d.created_at <= t.at
left join closing c on c.id = d.id
join ownership o on o.opportunity_id = d.id and o.rep_id = t.rep_id and o.from_at <= t.at and o.until_at > t.at
where c.id is null or coalesce(c.moved_at, (c.day + 1) * 86400) > t.at;

create temp table answer as
with mail as (
    select rep_id, month, count(distinct id) as emails_sent, count(distinct id) filter (automated) as emails_automated from sent_to group by all
), first_mail as (
    select rep_id, person_id, min(sent_at) as at, arg_min(month, sent_at) as month from sent_to group by all
), response as (
    select f.rep_id, f.month, count(distinct f.person_id) as people_mailed, count(distinct f.person_id) filter (r.id is not null) as people_replied
    from first_mail f left join received r on r.rep_id = f.rep_id and r.person_id = f.person_id and r.sent_at > f.at and r.sent_at <= f.at + 14 * 86400 group by all
), reply as (
    select r.rep_id, r.month, count(distinct r.person_id) as responses from (
        select r.*, row_number() over (partition by r.rep_id, r.thread_id, r.person_id order by r.sent_at, r.id) as nth from received r
        join (select rep_id, thread_id, person_id, min(sent_at) as at from sent_to group by all) s
          on s.rep_id = r.rep_id and s.thread_id = r.thread_id and s.person_id = r.person_id and s.at < r.sent_at) r
    where nth = 1 group by all
), inbound as (
    select r.rep_id, r.month, count(distinct r.id) as engaged_inbound from received r
    join first_mail f on f.rep_id = r.rep_id and f.person_id = r.person_id and f.at < r.sent_at group by all
), call as (
    select rep_id, month, count(*) as dials, count(*) filter (connected) as connects, count(connected) as known, sum(seconds) / 60.0 as talk_minutes from dialled group by all
), meeting as (
    select rep_id, month, count(distinct id) as meetings_held from held group by all
), breadth as (
    select rep_id, month, count(distinct account_id) as accounts_touched, count(distinct person_id) as contacts_engaged,
        count(distinct person_id)::double / nullif(count(distinct account_id), 0) as contacts_per_account from touched group by all
), deals as (
    select rep_id, month, count(distinct opportunity_id) as opportunities_engaged,
        count(distinct id || opportunity_id) filter (kind = 'meeting')::double as meeting_pairs from engaged group by all
), result as (
    select rep_id, date_trunc('month', date '1970-01-01' + day) as month, count(*) filter (outcome = 'won') as sales_volume, count(*) filter (outcome = 'lost') as lost,
        count(*) filter (outcome = 'won')::double / count(*) as win_rate, sum(amount_cents * rate) filter (outcome = 'won') as revenue,
        avg(amount_cents * rate) filter (outcome = 'won') as average_deal_size, avg(day - floor(created_at / 86400.0)) filter (outcome = 'won') as sales_cycle,
        median(day - floor(created_at / 86400.0)) filter (outcome = 'won') as sales_cycle_median
    from closing group by all
), generated as (
    select coalesce(sourced_by_id, created_by_id, owner_id) as rep_id, date_trunc('month', to_timestamp(created_at)) as month, sum(amount_cents * rate) as pipeline_generated,
        count(*) as new_opportunities from deal group by all
)
select * from mail full join response using (rep_id, month) full join reply using (rep_id, month) full join inbound using (rep_id, month)
full join call using (rep_id, month) full join meeting using (rep_id, month) full join breadth using (rep_id, month)
full join deals using (rep_id, month) full join result using (rep_id, month) full join generated using (rep_id, month);
