-- A team's quarter against the quarter before, from the facts' rows, as an expert would write it: one scan a fact.
with member as (select rep_id, from_day, until_day from fact_stint where team = $team),
mail as (
    select f.rep_id, f.day >= $middle as now, count(*) filter (direction = 'outbound') as emails_sent,
        count(*) filter (engaged)::double / nullif(count(*) filter (direction = 'outbound'), 0) as email_engagement_rate
    from fact_mail f join member m on m.rep_id = f.rep_id and f.day >= m.from_day and f.day < m.until_day
    where f.day >= $first and f.day < $until group by all
), outreach as (
    select f.rep_id, f.day >= $middle as now, count(*) filter (replied)::double / count(*) as email_response_rate
    from fact_outreach f join member m on m.rep_id = f.rep_id and f.day >= m.from_day and f.day < m.until_day
    where f.day >= $first and f.day < $until group by all
), call as (
    select f.rep_id, f.day >= $middle as now, count(*) filter (outbound) as dials, count(*) filter (outbound and connected) as connects,
        count(*) filter (outbound and connected)::double / nullif(count(*) filter (outbound and connected is not null), 0) as call_connect_rate,
        sum(seconds) filter (outbound and connected) / 60.0 as talk_minutes
    from fact_call f join member m on m.rep_id = f.rep_id and f.day >= m.from_day and f.day < m.until_day
    where f.day >= $first and f.day < $until group by all
), outcome as (
    select f.rep_id, f.day >= $middle as now, count(*) filter (owner and won and valued) as sales_volume,
        count(*) filter (owner and won and valued)::double / nullif(count(*) filter (owner and valued), 0) as win_rate,
        sum(credit_cents) filter (won and valued) / 100.0 as revenue, avg(amount_cents) filter (owner and won and valued) / 100.0 as average_deal_size,
        avg(cycle_days) filter (owner and won and valued) as sales_cycle
    from fact_outcome f join member m on m.rep_id = f.rep_id and f.day >= m.from_day and f.day < m.until_day
    where f.day >= $first and f.day < $until group by all
)
select * from mail full join outreach using (rep_id, now) full join call using (rep_id, now) full join outcome using (rep_id, now)
