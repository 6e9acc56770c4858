-- metric: accounts_touched | count | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.account_id) AS num FROM touched x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: new_accounts_touched | count | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.account_id) AS num FROM touched x {by:x}
WHERE in_period(x.day) AND NOT EXISTS (
    SELECT 1 FROM touched b WHERE b.rep_id = x.rep_id AND b.account_id = x.account_id AND b.day < x.day AND b.day >= x.day - getvariable('new_account_days'))
GROUP BY 1

-- metric: opportunities_engaged | count | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.opportunity_id) AS num FROM about x {by:x} WHERE x.owned AND in_period(x.day) GROUP BY 1

-- metric: meetings_held | count | calendar
SELECT g.grp, count(DISTINCT x.meeting_id) AS num FROM met x {by:x} WHERE x.held AND in_period(x.day) GROUP BY 1

-- metric: meetings_booked | count | calendar
SELECT g.grp, count(DISTINCT x.meeting_id) AS num
FROM (SELECT m.meeting_id, m.rep_id, local_day(m.booked_at, r.zone) AS day FROM met m JOIN rep r ON r.rep_id = m.rep_id
      WHERE m.rep_id = m.organizer_id AND m.booked_at IS NOT NULL) x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: no_show_rate | ratio | calendar
SELECT g.grp, count(DISTINCT x.meeting_id) FILTER (x.status = 'no_show') AS num, count(DISTINCT x.meeting_id) AS den
FROM met x {by:x} WHERE (x.held OR (x.status = 'no_show' AND x.moment <= getvariable('asof_at'))) AND in_period(x.day) GROUP BY 1

-- metric: new_opportunities | count | crm
SELECT g.grp, count(DISTINCT x.opportunity_id) AS num FROM arrival x {by:x} WHERE NOT x.bulk AND in_period(x.day) GROUP BY 1

-- metric: new_opportunities_created | count | crm
SELECT g.grp, count(DISTINCT x.opportunity_id) AS num FROM arrival x {by:x} WHERE NOT x.bulk AND x.how = 'created' AND in_period(x.day) GROUP BY 1

-- metric: new_opportunities_transferred | count | crm
SELECT g.grp, count(DISTINCT x.opportunity_id) AS num FROM arrival x {by:x} WHERE NOT x.bulk AND x.how = 'transferred' AND in_period(x.day) GROUP BY 1

-- metric: responses | count | mailbox
SELECT g.grp, count(DISTINCT x.person_id) AS num FROM reply x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: contacts_engaged | count | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.person_id) AS num FROM touched x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: contacts_engaged_two_way | count | mailbox/calendar/dialer
SELECT g.grp, count(DISTINCT x.person_id) AS num
FROM (SELECT rep_id, day, person_id FROM touched WHERE two_way UNION ALL SELECT rep_id, day, person_id FROM reply) x {by:x}
WHERE in_period(x.day) GROUP BY 1

-- metric: emails_sent | count | mailbox
SELECT g.grp, count(DISTINCT x.email_id) AS num FROM sent_person x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: emails_automated | count | mailbox
SELECT g.grp, count(DISTINCT x.email_id) AS num FROM sent_person x {by:x} WHERE x.automated AND in_period(x.day) GROUP BY 1

-- metric: emails_by_hand | count | mailbox
SELECT g.grp, count(DISTINCT x.email_id) AS num FROM sent_person x {by:x} WHERE NOT x.automated AND in_period(x.day) GROUP BY 1

-- metric: connects | count | dialer
SELECT g.grp, count(*) AS num FROM called x {by:x} WHERE x.outbound AND x.connected AND in_period(x.day) GROUP BY 1

-- metric: dials | count | dialer
SELECT g.grp, count(*) AS num FROM called x {by:x} WHERE x.outbound AND in_period(x.day) GROUP BY 1

-- metric: talk_minutes | count | dialer
SELECT g.grp, sum(x.seconds) / 60.0 AS num FROM called x {by:x} WHERE x.outbound AND x.connected AND in_period(x.day) GROUP BY 1

-- metric: talk_ratio | value | recorder
SELECT g.grp, avg(x.talk_ratio) AS value FROM recorded x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: talk_ratio_of_call | value | recorder
SELECT g.grp, avg(x.talk_ratio_of_call) AS value FROM recorded x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: talk_ratio_vendor | value | recorder
SELECT g.grp, avg(x.vendor_talk_ratio) AS value FROM called x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: patience | value | recorder
SELECT g.grp, avg(x.patience) AS value FROM recorded x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: longest_monologue | value | recorder
SELECT g.grp, avg(x.longest) AS value FROM recorded x {by:x} WHERE in_period(x.day) GROUP BY 1

-- metric: interactivity | value | recorder
SELECT g.grp, avg(x.switches_per_minute) AS value FROM recorded x {by:x} WHERE in_period(x.day) GROUP BY 1
